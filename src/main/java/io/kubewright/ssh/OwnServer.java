package io.kubewright.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
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

/**
 * An SSH server of this process, on the loopback interface, that starts no programs: to a script it answers what it is given
 * for it. For rehearsing how hosts are reached where there are none. Only the key that it makes itself may log in.
 */
public final class OwnServer implements AutoCloseable {
    private static final Pattern MARK = Pattern.compile("kubewright-begin-[0-9a-f]+");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final SshServer server = SshServer.setUpDefaultServer();

    /**
     * Serves.
     *
     * @param directory for the files of the keys
     * @param answers from a script to what it prints
     */
    public OwnServer(Path directory, UnaryOperator<String> answers) throws IOException, GeneralSecurityException {
        Clients.silence();
        this.directory = directory;
        KeyPair host = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        KeyPair user = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator((_, key, _) -> KeyUtils.compareKeys(key, user.getPublic()));
        server.setCommandFactory((_, command) -> new Answering(command, answers));
        server.start();
        try (OutputStream file = Files.newOutputStream(directory.resolve("key"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(user, "kubewright", null, file);
        }
        Files.writeString(
                directory.resolve("known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(host.getPublic()) + "\n");
    }

    /** Reaches it as a host of this name. */
    public SshSettings settings(String name) {
        return new SshSettings(
                name,
                "127.0.0.1",
                Optional.of(server.getPort()),
                Optional.of("root"),
                SshSettings.Become.NONE,
                Optional.of(directory.resolve("key")),
                Optional.empty(),
                Optional.of(directory.resolve("known_hosts")),
                PATIENCE);
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** Says that it is root's shell, reads a script to its end, and answers. */
    private static final class Answering implements Command {
        private final String command;
        private final UnaryOperator<String> answers;
        private @Nullable InputStream input;
        private @Nullable OutputStream output;
        private @Nullable OutputStream errors;
        private @Nullable ExitCallback exit;

        Answering(String command, UnaryOperator<String> answers) {
            this.command = command;
            this.answers = answers;
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
            ExitCallback ended = Objects.requireNonNull(exit);
            Thread.ofVirtual().start(() -> {
                try {
                    answer();
                    ended.onExit(0);
                } catch (IOException | RuntimeException broken) {
                    ended.onExit(255, broken.toString());
                }
            });
        }

        private void answer() throws IOException {
            Matcher mark = MARK.matcher(command);
            if (!mark.find()) {
                throw new IOException("not a command of Kubewright: " + command);
            }
            print(Objects.requireNonNull(output), "\n" + mark.group() + " 0\n");
            print(Objects.requireNonNull(errors), mark.group() + "\n");
            String script = new String(Objects.requireNonNull(input).readAllBytes(), StandardCharsets.UTF_8);
            print(Objects.requireNonNull(output), answers.apply(script));
        }

        private static void print(OutputStream stream, String text) throws IOException {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        }

        @Override
        public void destroy(ChannelSession channel) {
            // The thread ends when its streams do.
        }
    }
}
