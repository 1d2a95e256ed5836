package io.kubewright.ssh;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A host reached by SSH.
 *
 * <p>Scripts run with {@code LC_ALL=C}, umask 022, in {@code /}, with the usual directories of root in {@code PATH} and
 * with an empty standard input. A script that did not arrive whole is not begun.
 */
public final class SshHost implements Target {
    private static final String SURROUNDINGS = "export LC_ALL=C HOME=/root"
            + " PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; umask 022; cd /";

    private final SshSettings settings;
    private final Connections connections;
    private final SudoPassword password;
    private final AtomicBoolean sudoTerminal = new AtomicBoolean();
    private final ReentrantLock finding = new ReentrantLock();
    private volatile Optional<Connection> connection = Optional.empty();

    SshHost(SshSettings settings, Connections connections, SudoPassword password) {
        this.settings = settings;
        this.connections = connections;
        this.password = password;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public ScriptResult run(String script, Duration deadline, Consumer<String> onLine) throws InterruptedException {
        Deadline end = Deadline.in(deadline);
        // The braces make sh read all of it before it does any of it.
        String text = "exec /bin/sh -s\n" + SURROUNDINGS + "\n{ :\n" + script + "\n} </dev/null\n";
        Sink input = stdin -> stdin.write(text.getBytes(StandardCharsets.UTF_8));
        try (RootCommand command = RootCommand.start(access(end), "a script", input, end)) {
            return command.finish(onLine, () -> {}, end);
        }
    }

    @Override
    public void upload(Path file, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes)
            throws InterruptedException {
        Deadline end = Deadline.in(deadline);
        Upload upload = new Upload(file, sha256, remotePath);
        try (RootCommand command = RootCommand.start(access(end), "the upload of " + file, upload::write, end)) {
            ScriptResult result = command.finish(line -> {}, () -> onBytes.accept(upload.sent()), end);
            upload.check(name(), result);
            onBytes.accept(upload.sent());
        }
    }

    /**
     * Opens a port of this machine's loopback interface that leads to one the host can reach.
     *
     * @param remoteHost as seen from the host: an address or a name
     * @throws io.kubewright.engine.TargetException when the host cannot be reached, or its sshd forbids forwarding and
     *     no relay can run there either
     */
    public Tunnel tunnel(String remoteHost, int remotePort, Duration deadline) throws InterruptedException {
        Deadline end = Deadline.in(deadline);
        return Tunnel.open(name(), connection(end), remoteHost, remotePort, end);
    }

    private RootAccess access(Deadline deadline) throws InterruptedException {
        return new RootAccess(name(), settings.become(), connection(deadline), password, sudoTerminal);
    }

    private Connection connection(Deadline deadline) throws InterruptedException {
        if (connection.isPresent()) {
            return connection.get();
        }
        if (!finding.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw Failures.late(name(), deadline, "finding the way to the host");
        }
        try {
            if (connection.isEmpty()) {
                connection = Optional.of(connections.to(settings, deadline));
            }
            return connection.get();
        } finally {
            finding.unlock();
        }
    }

    @Override
    public void close() {
        connection.ifPresent(Connection::close);
    }
}
