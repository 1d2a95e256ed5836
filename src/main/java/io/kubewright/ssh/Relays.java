package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;

/**
 * Relays to one port of a host, on SSH connections of their own: a relay lives as long as the connection it carries, and
 * scripts must not wait for it where sshd allows few sessions.
 */
final class Relays implements AutoCloseable {
    private final String target;
    private final Connection connection;
    private final String host;
    private final int port;
    private final List<Connection> lanes = new ArrayList<>();
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable Connection fresh;
    private boolean closed;

    /** @param connection whose like carry the relays; not used itself */
    Relays(String target, Connection connection, String host, int port) {
        this.target = target;
        this.connection = connection;
        this.host = host;
        this.port = port;
    }

    /**
     * A relay on a connection that has room, or on a new one.
     *
     * @throws SshChannelOpenException when nobody answers at the far port
     */
    ClientChannel open(Deadline deadline) throws InterruptedException, SshChannelOpenException {
        int tried = 0;
        while (true) {
            List<Connection> known = lanes();
            for (Connection lane : known.subList(tried, known.size())) {
                if (lane.gate().tryEnter()) {
                    Optional<ClientChannel> channel = opened(lane, deadline);
                    if (channel.isPresent()) {
                        return channel.get();
                    }
                }
            }
            tried = known.size();
            Optional<ClientChannel> channel = onNewLane(tried, deadline);
            if (channel.isPresent()) {
                return channel.get();
            }
        }
    }

    /**
     * One at a time: a burst of relays shares the connections that it can instead of opening one for each, of which sshd
     * drops some (MaxStartups). Others see the connection once its first relay is open: had they taken its sessions
     * before, a refusal would say nothing about sshd.
     *
     * @return empty when there are more lanes meanwhile than the caller has tried
     */
    private Optional<ClientChannel> onNewLane(int tried, Deadline deadline)
            throws InterruptedException, SshChannelOpenException {
        if (!opening.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw Failures.late(target, deadline, "waiting for a connection for a relay");
        }
        try {
            if (lanes().size() > tried) {
                return Optional.empty();
            }
            Connection lane = newLane();
            try {
                ClientChannel channel = opened(lane, deadline).orElseThrow(this::noSession);
                share(lane);
                return Optional.of(channel);
            } catch (SshChannelOpenException nobody) {
                share(lane);
                throw nobody;
            } catch (TargetException useless) {
                lane.close();
                throw useless;
            }
        } finally {
            opening.unlock();
        }
    }

    private TargetException noSession() {
        return new TargetException(
                target,
                Code.PROTOCOL,
                "sshd at " + connection.route().place() + " forbids forwarding, and allows no session for a relay",
                "set AllowTcpForwarding yes (or local), or MaxSessions to at least 1, in its sshd_config");
    }

    /** @param lane whose gate has been entered; left when the channel closes or none comes of it */
    private Optional<ClientChannel> opened(Connection lane, Deadline deadline)
            throws InterruptedException, SshChannelOpenException {
        boolean refused = false;
        boolean open = false;
        try {
            Optional<ClientChannel> channel = RelayChannel.open(target, lane, host, port, deadline);
            refused = channel.isEmpty();
            channel.ifPresent(
                    each -> each.addCloseFutureListener(_ -> lane.gate().leave()));
            open = channel.isPresent();
            return channel;
        } finally {
            if (refused) {
                lane.gate().refused();
            } else if (!open) {
                lane.gate().leave();
            }
        }
    }

    private synchronized List<Connection> lanes() {
        return List.copyOf(lanes);
    }

    /** Entered, and nobody else's yet. */
    private synchronized Connection newLane() {
        if (closed) {
            throw new IllegalStateException("the tunnel is closed");
        }
        Connection lane = connection.another();
        lane.gate().tryEnter();
        fresh = lane;
        return lane;
    }

    private synchronized void share(Connection lane) {
        lanes.add(lane);
    }

    /** Ends all relays at once. */
    @Override
    public synchronized void close() {
        closed = true;
        lanes.forEach(Connection::close);
        if (fresh != null) {
            fresh.close();
        }
    }
}
