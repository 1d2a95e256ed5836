package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to log in: carries what MINA's call-backs need to know and what they found out.
 *
 * @see Clients
 */
final class Dialogue {
    private static final AttributeRepository.AttributeKey<Dialogue> KEY = new AttributeRepository.AttributeKey<>();

    private final String target;
    private final Route route;
    private final List<String> knownKeyTypes;
    private final Identities identities;
    private volatile Optional<TargetException> hostKeyProblem = Optional.empty();

    /** @param knownKeyTypes of the host's known keys, so that the server is asked for one of those */
    Dialogue(String target, Route route, List<String> knownKeyTypes, Identities identities) {
        this.target = target;
        this.route = route;
        this.knownKeyTypes = knownKeyTypes;
        this.identities = identities;
    }

    static Dialogue of(Session session) {
        @Nullable
        AttributeRepository context = session instanceof org.apache.sshd.client.session.ClientSession client
                ? client.getConnectionContext()
                : null;
        @Nullable Dialogue dialogue = context == null ? null : context.getAttribute(KEY);
        if (dialogue == null) {
            throw new IllegalStateException("a session that we did not open: " + session);
        }
        return dialogue;
    }

    AttributeRepository context() {
        return AttributeRepository.ofKeyValuePair(KEY, this);
    }

    List<String> knownKeyTypes() {
        return knownKeyTypes;
    }

    List<PublicKeyIdentity> identities(Session session) {
        return identities.offers(session);
    }

    boolean accepts(PublicKey shown) {
        hostKeyProblem = HostKeyCheck.problem(target, route, shown);
        return hostKeyProblem.isEmpty();
    }

    Optional<TargetException> hostKeyProblem() {
        return hostKeyProblem;
    }
}
