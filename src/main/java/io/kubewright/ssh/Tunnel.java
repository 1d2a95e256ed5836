package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A port of this machine's loopback interface behind which lies a port that the host can reach. Each connection to it
 * is a channel of the host's one SSH connection; a lost SSH connection is opened anew for the next one. Where sshd
 * forbids forwarding, each is a relay on the host instead ({@link RelayChannel}).
 */
public final class Tunnel implements AutoCloseable {
    private static final Duration OPENING = Duration.ofSeconds(15);
    private static final int BACKLOG = 64;
    private static final int CHUNK = 32 * 1024;

    private final String target;
    private final Connection connection;
    private final SshdSocketAddress remote;
    private final ServerSocket listener;
    private final AtomicReference<@Nullable ClientChannel> waiting = new AtomicReference<>();
    private final Relays relays;
    private volatile boolean relayed;

    private Tunnel(String target, Connection connection, SshdSocketAddress remote, ServerSocket listener) {
        this.target = target;
        this.connection = connection;
        this.remote = remote;
        this.listener = listener;
        this.relays = new Relays(target, connection, remote.getHostName(), remote.getPort());
    }

    /**
     * Connects, tries the way once and listens. A port where nobody listens yet is no error: a connection to the
     * tunnel is then closed at once.
     *
     * @throws TargetException when the host cannot be reached, or its sshd forbids forwarding and it has no relay
     */
    static Tunnel open(String target, Connection connection, String host, int port, Deadline deadline)
            throws InterruptedException {
        Tunnel tunnel = listen(target, connection, host, port);
        boolean open = false;
        try {
            tunnel.channel(deadline).close(false);
            open = true;
        } catch (SshChannelOpenException nobodyThereYet) {
            open = true;
        } finally {
            if (!open) {
                tunnel.close();
            }
        }
        Thread.ofVirtual().name("tunnel " + target).start(tunnel::accept);
        return tunnel;
    }

    /**
     * Connects to the far port now and hands that connection to the first client. Never by a relay: a jump host that
     * forbids forwarding forbids to go through it.
     *
     * @throws SshChannelOpenException when nobody answers at the far port
     * @throws TargetException when the host cannot be reached, or its sshd forbids forwarding
     */
    static Tunnel single(String target, Connection connection, String host, int port, Deadline deadline)
            throws InterruptedException, SshChannelOpenException {
        Tunnel tunnel = listen(target, connection, host, port);
        boolean open = false;
        try {
            tunnel.waiting.set(tunnel.direct(deadline));
            open = true;
        } catch (SshChannelOpenException refused) {
            if (isForbidden(refused)) {
                throw tunnel.forbidden(refused);
            }
            throw refused;
        } finally {
            if (!open) {
                tunnel.close();
            }
        }
        Thread.ofVirtual().name("tunnel " + target).start(tunnel::accept);
        return tunnel;
    }

    private static Tunnel listen(String target, Connection connection, String host, int port) {
        try {
            ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
            return new Tunnel(target, connection, new SshdSocketAddress(host, port), listener);
        } catch (IOException failed) {
            throw new UncheckedIOException("no loopback port could be opened", failed);
        }
    }

    /** The port on this machine's loopback address. */
    public int localPort() {
        return listener.getLocalPort();
    }

    /** Stops listening. Connections that are already open go on until one of their ends closes; relays end at once. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException ignored) {
            // Nothing is held any more.
        }
        relays.close();
        @Nullable ClientChannel unused = waiting.getAndSet(null);
        if (unused != null) {
            unused.close(false);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                @Nullable ClientChannel first = waiting.getAndSet(null);
                Thread.ofVirtual().name("tunnel " + target).start(() -> serve(socket, first));
            } catch (IOException closedOrBroken) {
                close();
            }
        }
    }

    private void serve(Socket socket, @Nullable ClientChannel first) {
        try (socket) {
            socket.setTcpNoDelay(true);
            ClientChannel channel = first == null ? channel(Deadline.in(OPENING)) : first;
            try {
                Thread up = Thread.ofVirtual().name("tunnel up " + target).start(() -> up(socket, channel));
                copy(channel.getInvertedOut(), socket.getOutputStream());
                socket.shutdownOutput();
                // Not before all has been handed on: the far end may close at once after its last byte.
                channel.addCloseFutureListener(closed -> closeQuietly(socket));
                up.join();
            } finally {
                channel.close(false);
            }
        } catch (IOException | TargetException | IllegalStateException ended) {
            // Closed meanwhile, or no way: the client sees its connection closed; whoever opened the tunnel has seen
            // whether the way is open.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void up(Socket socket, ClientChannel channel) {
        try (OutputStream output = channel.getInvertedIn()) {
            copy(socket.getInputStream(), output);
        } catch (IOException broken) {
            channel.close(false);
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
            to.write(chunk, 0, read);
            to.flush();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // Closed is what was wanted.
        }
    }

    /** A new channel to the far port. */
    private ClientChannel channel(Deadline deadline) throws InterruptedException, SshChannelOpenException {
        if (!relayed) {
            try {
                return direct(deadline);
            } catch (SshChannelOpenException refused) {
                if (!isForbidden(refused)) {
                    throw refused;
                }
                relayed = true;
            }
        }
        return relays.open(deadline);
    }

    private ClientChannel direct(Deadline deadline) throws InterruptedException, SshChannelOpenException {
        ClientSession session = connection.session(target, deadline);
        @Nullable ChannelDirectTcpip channel = null;
        boolean open = false;
        try {
            channel = session.createDirectTcpipChannel(new SshdSocketAddress("127.0.0.1", 0), remote);
            OpenFuture opening = channel.open();
            Waits.until(opening, deadline);
            open = opening.isOpened();
            if (open) {
                return channel;
            }
            if (opening.getException() instanceof SshChannelOpenException refused) {
                throw refused;
            }
            throw Failures.lost(target, connection.route(), "a tunnel to " + remote + " was opened");
        } catch (TimeoutException slow) {
            throw Failures.late(target, deadline, "opening a tunnel to " + remote);
        } catch (SshChannelOpenException refused) {
            throw refused;
        } catch (IOException broken) {
            throw Failures.lost(target, connection.route(), "a tunnel to " + remote + " was opened");
        } finally {
            if (channel != null && !open) {
                channel.close(false);
            }
        }
    }

    private static boolean isForbidden(SshChannelOpenException refused) {
        return refused.getReasonCode() == SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
    }

    private TargetException forbidden(SshChannelOpenException refused) {
        return new TargetException(
                target,
                Code.PROTOCOL,
                "sshd at " + connection.route().place() + " forbids forwarding to " + remote + " ("
                        + refused.getMessage() + ")",
                "set AllowTcpForwarding yes (or local) in its sshd_config, for this user at least",
                refused);
    }
}
