package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.jspecify.annotations.Nullable;

/** The one connection to an SSH server: opened when first needed, opened again after it was lost. */
final class Connection implements AutoCloseable {
    private static final int SESSIONS_AT_ONCE = 4;

    private final Supplier<SshClient> client;
    private final Route route;
    private final Duration connectTimeout;
    private final Optional<Connection> via;
    private final ReentrantLock opening = new ReentrantLock();
    private final ChannelGate gate = new ChannelGate(SESSIONS_AT_ONCE);
    private volatile Optional<ClientSession> session = Optional.empty();
    private Optional<FailedAttempt> failed = Optional.empty();
    private volatile boolean closed;

    /** An attempt that had all of its time, and when it ended, on {@link System#nanoTime}'s scale. */
    private record FailedAttempt(long end, TargetException cause) {}

    Connection(Supplier<SshClient> client, Route route, Duration connectTimeout, Optional<Connection> via) {
        this.client = client;
        this.route = route;
        this.connectTimeout = connectTimeout;
        this.via = via;
    }

    /** A further connection on the same way, not yet opened; it is the caller's to close. */
    Connection another() {
        return new Connection(client, route, connectTimeout, via);
    }

    Route route() {
        return route;
    }

    ChannelGate gate() {
        return gate;
    }

    /**
     * The open session, after connecting and logging in if need be.
     *
     * @param target the host that is wanted, for messages
     */
    ClientSession session(String target, Deadline deadline) throws InterruptedException {
        Optional<ClientSession> ready = session.filter(ClientSession::isOpen);
        if (ready.isPresent()) {
            return ready.get();
        }
        long asked = System.nanoTime();
        if (!opening.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw Failures.silent(target, route, deadline);
        }
        try {
            ready = session.filter(ClientSession::isOpen);
            if (ready.isPresent()) {
                return ready.get();
            }
            if (closed) {
                throw new IllegalStateException("the hosts of this run are closed");
            }
            // Who waited for an attempt that nobody answered would wait as long for one of its own.
            Optional<FailedAttempt> shared = failed.filter(
                    each -> each.end() - asked > 0 && each.cause().target().equals(target));
            if (shared.isPresent()) {
                throw shared.get().cause();
            }
            ClientSession opened = openOrFail(target, deadline);
            session = Optional.of(opened);
            if (closed) {
                opened.close(true);
            }
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private ClientSession openOrFail(String target, Deadline deadline) throws InterruptedException {
        boolean patient = deadline.remainingNanos() >= connectTimeout.toNanos();
        try {
            return open(target, deadline);
        } catch (TargetException e) {
            if (patient && e.code() == Code.UNREACHABLE) {
                failed = Optional.of(new FailedAttempt(System.nanoTime(), e));
            }
            throw e;
        }
    }

    private ClientSession open(String target, Deadline whole) throws InterruptedException {
        Identities identities = Identities.of(route);
        Dialogue dialogue = new Dialogue(target, route, knownKeyTypes(target), identities);
        Deadline deadline = whole.within(connectTimeout);
        if (via.isPresent()) {
            // The one connection that the tunnel carries outlives its listener.
            try (Tunnel tunnel = Tunnel.single(target, via.get(), route.hostName(), route.port(), deadline)) {
                InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), tunnel.localPort());
                return login(target, connect(target, here, dialogue, deadline), dialogue, identities, deadline);
            } catch (SshChannelOpenException unanswered) {
                throw Failures.connecting(target, route, unanswered);
            }
        }
        List<InetAddress> addresses = resolve(target, deadline);
        for (InetAddress address : addresses.subList(0, addresses.size() - 1)) {
            try {
                Deadline share = deadline.within(Duration.ofNanos(deadline.remainingNanos() / addresses.size()));
                ClientSession raw = connect(target, new InetSocketAddress(address, route.port()), dialogue, share);
                return login(target, raw, dialogue, identities, deadline);
            } catch (TargetException failed) {
                if (failed.code() != Code.UNREACHABLE) {
                    throw failed;
                }
            }
        }
        ClientSession raw =
                connect(target, new InetSocketAddress(addresses.getLast(), route.port()), dialogue, deadline);
        return login(target, raw, dialogue, identities, deadline);
    }

    private List<InetAddress> resolve(String target, Deadline deadline) throws InterruptedException {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        Thread.ofVirtual().name("resolve " + route.hostName()).start(() -> {
            try {
                found.complete(List.of(InetAddress.getAllByName(route.hostName())));
            } catch (UnknownHostException | RuntimeException unknown) {
                found.completeExceptionally(unknown);
            }
        });
        try {
            return found.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            throw Failures.connecting(target, route, failed.getCause());
        } catch (TimeoutException slow) {
            throw Failures.unresolved(target, route, deadline);
        }
    }

    private ClientSession connect(String target, InetSocketAddress address, Dialogue dialogue, Deadline deadline)
            throws InterruptedException {
        HostConfigEntry entry =
                new HostConfigEntry("", address.getAddress().getHostAddress(), address.getPort(), route.user(), null);
        try {
            ConnectFuture future = client.get().connect(entry, dialogue.context(), null);
            try {
                Waits.until(future, deadline);
            } catch (InterruptedException | TimeoutException ended) {
                future.cancel();
                throw ended;
            }
            if (!future.isConnected()) {
                throw Failures.connecting(target, route, future.getException());
            }
            return future.getSession();
        } catch (TimeoutException slow) {
            throw Failures.silent(target, route, deadline);
        } catch (IOException failed) {
            throw Failures.connecting(target, route, failed);
        }
    }

    private ClientSession login(
            String target, ClientSession raw, Dialogue dialogue, Identities identities, Deadline deadline)
            throws InterruptedException {
        boolean done = false;
        try {
            AuthFuture future = raw.auth();
            Waits.until(future, deadline);
            if (!future.isSuccess()) {
                throw dialogue.hostKeyProblem()
                        .orElseGet(() -> Failures.login(target, route, identities, future.getException()));
            }
            done = true;
            ((WatchedSession) raw).watch();
            return raw;
        } catch (TimeoutException slow) {
            throw Failures.silent(target, route, deadline);
        } catch (IOException failed) {
            throw dialogue.hostKeyProblem().orElseGet(() -> Failures.login(target, route, identities, failed));
        } finally {
            if (!done) {
                raw.close(true);
            }
        }
    }

    private List<String> knownKeyTypes(String target) {
        List<String> types = new ArrayList<>();
        try {
            for (KnownHosts.Entry entry : KnownHosts.of(route.knownAs(), route.port(), route.knownHosts())) {
                @Nullable String type = KeyUtils.getKeyType(entry.key());
                if (type != null) {
                    types.add(type);
                    types.addAll(KeyUtils.getAllEquivalentKeyTypes(type));
                }
            }
        } catch (IOException unreadable) {
            throw new TargetException(
                    target,
                    Code.HOST_KEY,
                    "the known host keys cannot be read: " + unreadable,
                    "make the files readable",
                    unreadable);
        }
        return types;
    }

    @Override
    public void close() {
        closed = true;
        session.ifPresent(open -> open.close(true));
    }
}
