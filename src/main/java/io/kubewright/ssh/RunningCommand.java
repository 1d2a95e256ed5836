package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;

/**
 * A command on a session channel of its own. Two threads read its output into a bounded queue, so that a command that
 * is faster than its reader is held back by SSH's own window; the caller alone takes from the queue.
 */
final class RunningCommand implements AutoCloseable {
    /** What the command did. */
    sealed interface Event {
        /** A line of standard output, without its line feed; {@code ended} is false for a last line without one. */
        record Line(String text, boolean ended) implements Event {}

        /** Bytes of standard error as they came. */
        record Errors(byte[] bytes) implements Event {}

        /** Both outputs are at their end. */
        record End() implements Event {}
    }

    private static final int EVENTS_WAITING = 256;
    private static final int CHUNK = 32 * 1024;
    private static final int REFUSALS = 40;
    private static final long PAUSE_MILLIS = 50;
    private static final long LONGEST_LINE = 16L * 1024 * 1024;

    private final String target;
    private final Connection connection;
    private final ChannelExec channel;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_WAITING);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean finished;

    private RunningCommand(String target, Connection connection, ChannelExec channel) {
        this.target = target;
        this.connection = connection;
        this.channel = channel;
    }

    /** Opens a channel, waiting for its turn where the server allows few at once. */
    static RunningCommand start(String target, Connection connection, String command, Deadline deadline)
            throws InterruptedException {
        ChannelGate gate = connection.gate();
        for (int refusals = 0; ; refusals++) {
            ClientSession session = connection.session(target, deadline);
            try {
                gate.enter(deadline);
                Optional<ChannelExec> channel = open(target, connection, session, command, deadline);
                if (channel.isPresent()) {
                    return new RunningCommand(target, connection, channel.get()).started();
                }
                boolean alone = gate.refused() == 0;
                if (alone && refusals >= REFUSALS) {
                    throw new TargetException(
                            target,
                            Code.PROTOCOL,
                            "sshd at " + connection.route().place() + " allows no session",
                            "set MaxSessions to at least 1 in its sshd_config, and look for sessions that hang there");
                }
                gate.pause(PAUSE_MILLIS);
            } catch (TimeoutException slow) {
                throw Failures.late(target, deadline, "waiting for a free session");
            }
        }
    }

    private static Optional<ChannelExec> open(
            String target, Connection connection, ClientSession session, String command, Deadline deadline)
            throws InterruptedException, TimeoutException {
        boolean settled = false;
        @Nullable ChannelExec channel = null;
        try {
            channel = session.createExecChannel(command);
            OpenFuture opening = channel.open();
            Waits.until(opening, deadline);
            settled = opening.isOpened() || opening.getException() instanceof SshChannelOpenException;
            if (opening.isOpened()) {
                channel.addCloseFutureListener(closed -> connection.gate().leave());
                return Optional.of(channel);
            }
            if (settled) {
                return Optional.empty();
            }
            throw Failures.lost(target, connection.route(), "a command was started");
        } catch (IOException broken) {
            throw Failures.lost(target, connection.route(), "a command was started");
        } finally {
            if (!settled) {
                connection.gate().leave();
                if (channel != null) {
                    channel.close(true);
                }
            }
        }
    }

    private RunningCommand started() {
        channel.addCloseFutureListener(ended -> closed.countDown());
        Thread errors = Thread.ofVirtual().name("stderr " + target).start(() -> readErrors(channel.getInvertedErr()));
        Thread.ofVirtual().name("stdout " + target).start(() -> {
            try {
                readLines(channel.getInvertedOut());
                errors.join();
                events.put(new Event.End());
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        return this;
    }

    /** Starts to write the command's input; its end is sent after it. What cannot be written shows in how it ends. */
    void feed(Sink sink, boolean last) {
        Thread.ofVirtual().name("stdin " + target).start(() -> {
            try {
                OutputStream input = channel.getInvertedIn();
                sink.write(input);
                input.flush();
                if (last) {
                    input.close();
                }
            } catch (IOException refused) {
                // The command has ended or the connection is lost: both are seen where the output is read.
            }
        });
    }

    /** The next event; empty when none came in time. */
    Optional<Event> next(long millis) throws InterruptedException {
        return Optional.ofNullable(events.poll(millis, TimeUnit.MILLISECONDS));
    }

    /** True once the host has said how the command ended; output of processes it left behind may still come. */
    boolean hasExitStatus() {
        return channel.getExitStatus() != null || channel.getExitSignal() != null;
    }

    /** True while output that has arrived has not been handed on: its readers may lack processor time for seconds. */
    boolean hasOutputWaiting() {
        try {
            return !events.isEmpty()
                    || channel.getInvertedOut().available() > 0
                    || channel.getInvertedErr().available() > 0;
        } catch (IOException ended) {
            return false;
        }
    }

    /**
     * How it ended: 0–255, or 128 plus the signal's number.
     *
     * @param doing for the message when the connection was lost
     */
    int exitCode(Deadline deadline, String doing) throws InterruptedException {
        while (!hasExitStatus() && !closed.await(deadline.remainingMillis(PAUSE_MILLIS), TimeUnit.MILLISECONDS)) {
            if (deadline.passed()) {
                throw Failures.late(target, deadline, doing);
            }
        }
        @Nullable Integer status = channel.getExitStatus();
        if (status != null) {
            return status;
        }
        @Nullable String signal = channel.getExitSignal();
        if (signal != null) {
            return Signals.exitCode(signal);
        }
        throw Failures.lost(target, connection.route(), doing);
    }

    /**
     * Closes the channel without waiting. It must be the orderly way: MINA's immediate one tells the server nothing, and
     * sshd would count the session against MaxSessions for ever.
     */
    @Override
    public void close() {
        finished = true;
        events.clear();
        Thread.ofVirtual().name("close " + target).start(() -> channel.close(false));
    }

    private void readErrors(InputStream stream) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int read = stream.read(chunk); read >= 0 && !finished; read = stream.read(chunk)) {
                byte[] bytes = new byte[read];
                System.arraycopy(chunk, 0, bytes, 0, read);
                put(new Event.Errors(bytes));
            }
        } catch (IOException broken) {
            // The end, seen as such by the reader of standard output.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void readLines(InputStream stream) throws InterruptedException {
        byte[] chunk = new byte[CHUNK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int read = stream.read(chunk); read >= 0 && !finished; read = stream.read(chunk)) {
                int start = 0;
                for (int at = 0; at < read; at++) {
                    if (chunk[at] == '\n') {
                        line.write(chunk, start, at - start);
                        put(new Event.Line(line.toString(StandardCharsets.UTF_8), true));
                        line.reset();
                        start = at + 1;
                    }
                }
                line.write(chunk, start, read - start);
                if (line.size() > LONGEST_LINE) {
                    put(new Event.Line(line.toString(StandardCharsets.UTF_8), false));
                    line.reset();
                }
            }
        } catch (IOException broken) {
            // The end; whether it was orderly is seen by the missing exit status.
        }
        if (line.size() > 0) {
            put(new Event.Line(line.toString(StandardCharsets.UTF_8), false));
        }
    }

    private void put(Event event) throws InterruptedException {
        while (!finished && !events.offer(event, PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            // Nobody has taken the last ones yet.
        }
    }
}
