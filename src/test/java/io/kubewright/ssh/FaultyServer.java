package io.kubewright.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** An SSH server inside the test that behaves as told. It never runs a real command, so it needs no root. */
final class FaultyServer implements AutoCloseable {
    /** What the "host" does once the mark has been printed; returns the exit code. */
    @FunctionalInterface
    interface Behaviour {
        int run(Streams streams) throws Exception;
    }

    /** The three streams, and a way to break the connection. */
    record Streams(InputStream input, OutputStream output, OutputStream errors, Runnable cut) {
        void print(String text) throws IOException {
            output.write(text.getBytes(StandardCharsets.UTF_8));
            output.flush();
        }

        /** Reads until the end that the client sends. */
        String script() throws IOException {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static {
        Clients.silence();
    }

    private static final Pattern MARK = Pattern.compile("kubewright-begin-[0-9a-f]+");

    private final Path directory;
    private final SshServer server = SshServer.setUpDefaultServer();
    private final KeyPair hostKey = newKey();
    private final KeyPair userKey = newKey();
    private volatile boolean acceptsKeys = true;

    FaultyServer(Path directory, Behaviour behaviour) throws Exception {
        this.directory = directory;
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator(
                (user, key, session) -> acceptsKeys && KeyUtils.compareKeys(key, userKey.getPublic()));
        server.setCommandFactory((channel, command) -> new Marked(command, behaviour));
        server.start();
        try (OutputStream file = Files.newOutputStream(directory.resolve("key"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(userKey, "test", null, file);
        }
    }

    static KeyPair newKey() throws Exception {
        return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    }

    void refuseKeys() {
        acceptsKeys = false;
    }

    PublicKey hostKey() {
        return hostKey.getPublic();
    }

    KeyPair userKey() {
        return userKey;
    }

    int port() {
        return server.getPort();
    }

    String knownLine(PublicKey key) {
        return "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(key);
    }

    SshSettings settings(String... knownHosts) throws IOException {
        Path known = Files.write(directory.resolve("known_hosts"), List.of(knownHosts));
        return new SshSettings(
                "n1",
                "127.0.0.1",
                Optional.of(port()),
                Optional.of("root"),
                SshSettings.Become.NONE,
                Optional.of(directory.resolve("key")),
                Optional.empty(),
                Optional.of(known),
                Duration.ofSeconds(20));
    }

    SshHosts hosts() throws IOException {
        return hosts(settings(knownLine(hostKey())));
    }

    SshHosts hosts(SshSettings settings) throws IOException {
        return new SshHosts(List.of(settings), PasswordSource.NONE, RealSshd.nothing(directory));
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** Answers the fixed command as a root shell would, then behaves. */
    private static final class Marked implements Command {
        private final String command;
        private final Behaviour behaviour;
        private @Nullable InputStream input;
        private @Nullable OutputStream output;
        private @Nullable OutputStream errors;
        private @Nullable ExitCallback exit;

        Marked(String command, Behaviour behaviour) {
            this.command = command;
            this.behaviour = behaviour;
        }

        @Override
        public void setInputStream(InputStream in) {
            input = in;
        }

        @Override
        public void setOutputStream(OutputStream out) {
            output = out;
        }

        @Override
        public void setErrorStream(OutputStream err) {
            errors = err;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            InputStream in = java.util.Objects.requireNonNull(input);
            OutputStream out = java.util.Objects.requireNonNull(output);
            OutputStream err = java.util.Objects.requireNonNull(errors);
            ExitCallback callback = java.util.Objects.requireNonNull(exit);
            Thread.ofVirtual().start(() -> {
                try {
                    Matcher mark = MARK.matcher(command);
                    if (!mark.find()) {
                        callback.onExit(127);
                        return;
                    }
                    Streams streams =
                            new Streams(in, out, err, () -> channel.getSession().close(true));
                    streams.print("\n" + mark.group() + " 0\n");
                    err.write((mark.group() + "\n").getBytes(StandardCharsets.UTF_8));
                    err.flush();
                    int code = behaviour.run(streams);
                    out.flush();
                    err.flush();
                    callback.onExit(code);
                } catch (Exception broken) {
                    callback.onExit(255, broken.toString());
                }
            });
        }

        @Override
        public void destroy(ChannelSession channel) {
            // The behaviour ends when its streams do.
        }
    }
}
