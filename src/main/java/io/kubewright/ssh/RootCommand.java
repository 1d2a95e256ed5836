package io.kubewright.ssh;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Secret;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A shell of root's on a host. Whatever the login shell is and prints, a fixed short command makes it a POSIX sh that
 * marks where its own output begins; then it reads one line of standard input, and runs it.
 */
final class RootCommand implements AutoCloseable {
    private static final Duration UNTIL_ROOT = Duration.ofSeconds(60);
    private static final long TICK_MILLIS = 100;
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MOST_OUTPUT = 64L * 1024 * 1024;

    private final String target;
    private final String doing;
    private final RunningCommand running;
    private final ErrorStream errors;
    private final StringBuilder output = new StringBuilder();

    private RootCommand(String target, String doing, RunningCommand running, ErrorStream errors) {
        this.target = target;
        this.doing = doing;
        this.running = running;
        this.errors = errors;
    }

    /**
     * Becomes root and starts to feed the input.
     *
     * @param input its first line is run by root's sh, which leaves the rest of the input to it
     * @param doing what is being done, for messages: "a script ran"
     */
    static RootCommand start(RootAccess access, String doing, Sink input, Deadline deadline)
            throws InterruptedException {
        Optional<RootCommand> command = tried(access, doing, input, deadline);
        while (command.isEmpty()) {
            command = tried(access, doing, input, deadline);
        }
        return command.get();
    }

    /** Empty when it is worth another try at once. */
    private static Optional<RootCommand> tried(RootAccess access, String doing, Sink input, Deadline deadline)
            throws InterruptedException {
        Markers markers = Markers.random();
        boolean sudo = access.become() == SshSettings.Become.SUDO;
        boolean terminal = sudo && access.terminal().get();
        String words = terminal ? markers.sudoCommandWithTerminal() : sudo ? markers.sudoCommand() : markers.command();
        RunningCommand running = RunningCommand.start(access.target(), access.connection(), words, deadline);
        RootCommand command = new RootCommand(access.target(), doing, running, new ErrorStream(markers));
        boolean ready = false;
        try {
            if (!sudo) {
                running.feed(input, true);
            }
            ready = command.becomeRoot(access, markers, terminal, deadline);
            if (ready && sudo) {
                running.feed(input, true);
            }
            return ready ? Optional.of(command) : Optional.empty();
        } finally {
            if (!ready) {
                running.close();
            }
        }
    }

    /**
     * Reads the output until the end.
     *
     * @param onLine called on this thread
     * @param onTick called on this thread now and then
     */
    ScriptResult finish(Consumer<String> onLine, Runnable onTick, Deadline deadline) throws InterruptedException {
        long lastSeen = System.nanoTime();
        while (true) {
            Optional<RunningCommand.Event> event = running.next(deadline.remainingMillis(TICK_MILLIS));
            onTick.run();
            if (event.isEmpty()) {
                // A process left behind may hold the output open for ever; its parent's end is the script's end.
                if (running.hasOutputWaiting()) {
                    lastSeen = System.nanoTime();
                }
                if (running.hasExitStatus() && System.nanoTime() - lastSeen > QUIET_NANOS) {
                    return result(deadline);
                }
            } else {
                lastSeen = System.nanoTime();
                switch (event.get()) {
                    case RunningCommand.Event.Line line -> take(line, onLine);
                    case RunningCommand.Event.Errors(byte[] bytes) -> errors.add(bytes);
                    case RunningCommand.Event.End() -> {
                        return result(deadline);
                    }
                }
            }
            if (deadline.passed()) {
                throw Failures.late(target, deadline, doing);
            }
        }
    }

    private void take(RunningCommand.Event.Line line, Consumer<String> onLine) {
        output.append(line.text());
        if (line.ended()) {
            output.append('\n');
        }
        if (output.length() > MOST_OUTPUT) {
            throw new TargetException(
                    target, Code.PROTOCOL, doing + " printed more than 64 MiB", "look at what it prints without end");
        }
        onLine.accept(line.text());
    }

    private ScriptResult result(Deadline deadline) throws InterruptedException {
        return new ScriptResult(running.exitCode(deadline, doing), output.toString(), errors.text());
    }

    /** @return false when a second try, with a terminal, will fare better */
    private boolean becomeRoot(RootAccess access, Markers markers, boolean terminal, Deadline whole)
            throws InterruptedException {
        Deadline deadline = whole.within(UNTIL_ROOT);
        Optional<Secret> tried = Optional.empty();
        StringBuilder noise = new StringBuilder();
        while (true) {
            Optional<RunningCommand.Event> event = running.next(deadline.remainingMillis(TICK_MILLIS));
            if (event.isEmpty()) {
                if (deadline.passed()) {
                    throw access.notRoot(Failures.late(target, deadline, "becoming root"), errors.before());
                }
                continue;
            }
            switch (event.get()) {
                case RunningCommand.Event.Line(String text, boolean ended) -> {
                    Optional<String> user = markers.userId(text);
                    if (user.isPresent()) {
                        tried.ifPresent(access.password()::accepted);
                        access.requireRoot(user.get());
                        return true;
                    }
                    noise.append(text).append('\n');
                }
                case RunningCommand.Event.Errors(byte[] bytes) -> {
                    errors.add(bytes);
                    if (errors.takePrompt()) {
                        long asked = System.nanoTime();
                        tried = Optional.of(access.nextPassword(tried));
                        deadline = deadline.later(Duration.ofNanos(System.nanoTime() - asked));
                        String line = tried.get().reveal() + "\n";
                        running.feed(stdin -> stdin.write(line.getBytes(StandardCharsets.UTF_8)), false);
                    }
                }
                case RunningCommand.Event.End() -> {
                    int code = running.exitCode(deadline, "becoming root");
                    if (!terminal && access.wantsTerminal(errors.before())) {
                        return false;
                    }
                    throw access.refused(code, errors.before().isBlank() ? noise.toString() : errors.before());
                }
            }
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
