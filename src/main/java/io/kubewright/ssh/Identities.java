package io.kubewright.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.auth.pubkey.KeyAgentIdentity;
import org.apache.sshd.client.auth.pubkey.KeyPairIdentity;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/**
 * The keys we can show to a server: first those of the identity files (through the agent where it holds them, so that
 * no passphrase is needed), then the agent's others. Keeps account of what could not be used, for messages.
 */
final class Identities {
    private sealed interface Offer {
        record FromFile(KeyPair pair) implements Offer {}

        record FromAgent(AgentSocket agent, PublicKey key, String comment) implements Offer {}
    }

    private final List<Offer> offers = new ArrayList<>();
    private final List<String> offered = new ArrayList<>();
    private final List<String> unusable = new ArrayList<>();

    static Identities of(Route route) {
        Identities identities = new Identities();
        List<Offer.FromAgent> agentKeys = new ArrayList<>(identities.agentKeys(route));
        for (Path file : route.identityFiles()) {
            identities.add(file, agentKeys);
        }
        if (!route.identitiesOnly()) {
            agentKeys.forEach(key -> identities.offer(key, key.key(), "agent: " + key.comment()));
        }
        return identities;
    }

    List<PublicKeyIdentity> offers(Session session) {
        ClientSession client = (ClientSession) session;
        return offers.stream()
                .map(offer -> switch (offer) {
                    case Offer.FromFile(KeyPair pair) -> new KeyPairIdentity(client, client, pair);
                    case Offer.FromAgent(AgentSocket agent, PublicKey key, String comment) ->
                        new KeyAgentIdentity(agent, key, comment);
                })
                .map(PublicKeyIdentity.class::cast)
                .toList();
    }

    /** For people: which keys were shown. */
    List<String> offered() {
        return offered;
    }

    /** For people: which keys could not be used, and why. */
    List<String> unusable() {
        return unusable;
    }

    private List<Offer.FromAgent> agentKeys(Route route) {
        if (route.agent().isEmpty()) {
            return List.of();
        }
        Path socket = route.agent().get();
        AgentSocket agent = new AgentSocket(socket);
        List<Offer.FromAgent> keys = new ArrayList<>();
        try {
            for (Map.Entry<PublicKey, String> key : agent.getIdentities()) {
                keys.add(new Offer.FromAgent(agent, key.getKey(), key.getValue()));
            }
        } catch (IOException | RuntimeException silent) {
            unusable.add("the agent at " + socket + ": " + silent.getMessage());
        }
        return keys;
    }

    private void add(Path file, List<Offer.FromAgent> agentKeys) {
        Optional<Offer.FromAgent> held = publicHalf(file)
                .flatMap(key -> agentKeys.stream()
                        .filter(each -> KeyUtils.compareKeys(each.key(), key))
                        .findFirst());
        if (held.isPresent()) {
            agentKeys.remove(held.get());
            offer(held.get(), held.get().key(), file + ", held by the agent");
            return;
        }
        try (InputStream content = Files.newInputStream(file)) {
            @Nullable
            Iterable<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), content, FilePasswordProvider.EMPTY);
            if (pairs == null) {
                unusable.add(file + ": not a private key");
                return;
            }
            for (KeyPair pair : pairs) {
                offer(new Offer.FromFile(pair), pair.getPublic(), file.toString());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException broken) {
            unusable.add(file + ": " + reason(broken));
        }
    }

    private static String reason(Exception broken) {
        String text = String.valueOf(broken.getMessage());
        boolean locked = text.contains("assword") || text.contains("ncrypted") || text.contains("assphrase");
        return locked ? "protected by a passphrase; load it into the agent with ssh-add" : text;
    }

    private void offer(Offer offer, PublicKey key, String origin) {
        offers.add(offer);
        offered.add(KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(BuiltinDigests.sha256, key) + " (" + origin
                + ")");
    }

    private static Optional<PublicKey> publicHalf(Path file) {
        Path half = file.resolveSibling(file.getFileName() + ".pub");
        try {
            if (!Files.isReadable(half)) {
                return Optional.empty();
            }
            AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(
                    Files.readString(half).strip());
            return Optional.ofNullable(entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING));
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }
}
