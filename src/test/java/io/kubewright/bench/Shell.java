package io.kubewright.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** Says that it is root's shell, reads a script to its end, and prints what the answers give for it. */
final class Shell implements Command {
    private static final Pattern MARK = Pattern.compile("kubewright-begin-[0-9a-f]+");

    private final String command;
    private final UnaryOperator<String> answers;
    private @Nullable InputStream input;
    private @Nullable OutputStream output;
    private @Nullable OutputStream errors;
    private @Nullable ExitCallback exit;

    Shell(String command, UnaryOperator<String> answers) {
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
        Thread.ofVirtual().start(() -> {
            ExitCallback callback = Objects.requireNonNull(exit);
            try {
                run();
                callback.onExit(0);
            } catch (IOException | RuntimeException broken) {
                callback.onExit(255, broken.toString());
            }
        });
    }

    private void run() throws IOException {
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
