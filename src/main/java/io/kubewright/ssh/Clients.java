package io.kubewright.ssh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/** Makes the MINA client with everything explicit; its defaults would accept any host key. */
final class Clients {
    /** Our own deadlines end waits; MINA's must not come first. */
    private static final Duration NEVER = Duration.ofDays(1);

    /** Fast ones first: in MINA 2.19 sntrup761 costs 54 ms of CPU a connection, curve25519 8 ms. */
    private static final List<BuiltinDHFactories> KEY_EXCHANGES = List.of(
            BuiltinDHFactories.mlkem768x25519,
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh,
            BuiltinDHFactories.ecdhp256,
            BuiltinDHFactories.ecdhp384,
            BuiltinDHFactories.ecdhp521,
            BuiltinDHFactories.dhg16_512,
            BuiltinDHFactories.dhg18_512,
            BuiltinDHFactories.dhg14_256,
            BuiltinDHFactories.sntrup761x25519,
            BuiltinDHFactories.sntrup761x25519_openssh);

    /** AES-GCM first: the JDK does it in hardware. */
    private static final List<BuiltinCiphers> CIPHERS = List.of(
            BuiltinCiphers.aes128gcm,
            BuiltinCiphers.aes256gcm,
            BuiltinCiphers.cc20p1305_openssh,
            BuiltinCiphers.aes128ctr,
            BuiltinCiphers.aes256ctr);

    /**
     * Whatever MINA would log comes back to the caller as an exception; its beans log under the name of our subclasses
     * too. Held here, or the levels would be forgotten.
     */
    private static final List<Logger> MINA =
            List.of(Logger.getLogger("org.apache.sshd"), Logger.getLogger(Clients.class.getPackageName()));

    private Clients() {}

    /** Called before anything of MINA is used; who configured its loggers keeps what they chose. */
    static void silence() {
        MINA.stream().filter(logger -> logger.getLevel() == null).forEach(logger -> logger.setLevel(Level.OFF));
    }

    static SshClient start() {
        SshClient client = ClientBuilder.builder()
                .serverKeyVerifier(
                        (session, address, key) -> Dialogue.of(session).accepts(key))
                .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
                .filePasswordProvider(FilePasswordProvider.EMPTY)
                .randomFactory(JceRandomFactory.INSTANCE)
                .signatureFactories(signatures())
                .keyExchangeFactories(KEY_EXCHANGES.stream()
                        .filter(BuiltinDHFactories::isSupported)
                        .map(ClientBuilder.DH2KEX)
                        .toList())
                .cipherFactories(new ArrayList<>(CIPHERS))
                .forwardingFilter(RejectAllForwardingFilter.INSTANCE)
                .build(true);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setPasswordIdentityProvider(PasswordIdentityProvider.EMPTY_PASSWORDS_PROVIDER);
        client.setUserAuthFactories(List.of(new OurKeys()));
        client.setSessionFactory(new WatchedSessions(client));
        client.setSessionHeartbeat(HeartbeatType.NONE, Duration.ZERO);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ZERO);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.AUTH_TIMEOUT.set(client, NEVER);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, NEVER);
        client.start();
        return client;
    }

    /** Ed25519 first, as OpenSSH has it; no SHA-1, no certificates. */
    private static List<NamedFactory<Signature>> signatures() {
        return ClientBuilder.setUpDefaultSignatureFactories(true).stream()
                .filter(each -> !each.getName().contains("cert"))
                .filter(each ->
                        !each.getName().equals("ssh-rsa") && !each.getName().equals("ssh-dss"))
                .sorted(Comparator.comparing(
                        (NamedFactory<Signature> each) -> !each.getName().equals("ssh-ed25519")))
                .toList();
    }

    /** The names of our signatures, those of these types first. */
    static String signaturesFirst(List<String> types) {
        return String.join(
                ",",
                signatures().stream()
                        .map(NamedFactory::getName)
                        .sorted(Comparator.comparing(name -> !types.contains(name)))
                        .toList());
    }

    private static final class WatchedSessions extends SessionFactory {
        WatchedSessions(ClientFactoryManager client) {
            super(client);
        }

        @Override
        protected ClientSessionImpl doCreateSession(IoSession ioSession) throws Exception {
            return new WatchedSession(getClient(), ioSession);
        }
    }

    /** Offers the keys of the {@link Dialogue}, and no others. */
    private static final class OurKeys extends UserAuthPublicKeyFactory {
        @Override
        public UserAuthPublicKey createUserAuth(ClientSession session) {
            return new UserAuthPublicKey(getSignatureFactories()) {
                @Override
                protected Iterator<PublicKeyIdentity> createPublicKeyIterator(
                        ClientSession client, SignatureFactoriesManager manager) {
                    return Dialogue.of(client).identities(client).iterator();
                }
            };
        }
    }
}
