package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

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
        for (Connection lane : lanes()) {
            if (lane.gate().tryEnter()) {
                Optional<ClientChannel> channel = opened(lane, deadline);
                if (channel.isPresent()) {
                    return channel.get();
                }
            }
        }
        return opened(newLane(), deadline)
                .orElseThrow(() -> new TargetException(
                        target,
                        Code.PROTOCOL,
                        "sshd at " + connection.route().place()
                                + " forbids forwarding, and allows no session for a relay",
                        "set AllowTcpForwarding yes (or local), or MaxSessions to at least 1, in its sshd_config"));
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

    /** Entered before others can see it. */
    private synchronized Connection newLane() {
        if (closed) {
            throw new IllegalStateException("the tunnel is closed");
        }
        Connection lane = connection.another();
        lane.gate().tryEnter();
        lanes.add(lane);
        return lane;
    }

    /** Ends all relays at once. */
    @Override
    public synchronized void close() {
        closed = true;
        lanes.forEach(Connection::close);
    }
}
