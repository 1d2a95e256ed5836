package io.kubewright.ssh;

import io.kubewright.engine.Shell;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;

/**
 * A command on the host that copies between its standard streams and a TCP connection: the way through an sshd that
 * forbids forwarding. It runs as the user who logs in. Unlike a forwarded connection it cannot be closed in one
 * direction alone: when either end has said its last, all of it ends.
 */
final class RelayChannel {
    /** Our own status for a port where nobody listens; EX_UNAVAILABLE of sysexits.h. */
    private static final int NOBODY = 69;

    /**
     * Between the single quotes there is neither a backslash nor an exclamation mark, as in {@link Markers}. sshd makes
     * each command the leader of a process group, so 0 names both copies and nobody else.
     */
    private static final String SCRIPT = "exec 4<&0; exec 3<>\"/dev/tcp/$1/$2\" || exit " + NOBODY
            + "; echo; echo $3; cat <&3 & cat <&4 >&3 & trap : TERM; wait -n; kill 0";

    private RelayChannel() {}

    /**
     * Connects.
     *
     * @return a channel whose output begins with the far end's first byte; empty when sshd allows no further session on
     *     this connection
     * @throws SshChannelOpenException when nobody answers at the far port
     * @throws TargetException when the connection is lost or the host cannot run a relay
     */
    static Optional<ClientChannel> open(String target, Connection connection, String host, int port, Deadline deadline)
            throws InterruptedException, SshChannelOpenException {
        ClientSession session = connection.session(target, deadline);
        String mark = Markers.random().word();
        @Nullable ChannelExec channel = null;
        boolean open = false;
        try {
            channel = session.createExecChannel(
                    "exec bash --norc -c '" + SCRIPT + "' relay " + Shell.words(host, Integer.toString(port), mark));
            OpenFuture opening = channel.open();
            Waits.until(opening, deadline);
            if (opening.getException() instanceof SshChannelOpenException) {
                return Optional.empty();
            }
            if (!opening.isOpened()) {
                throw lost(target, connection);
            }
            awaitMark(target, connection, channel, mark, host + ":" + port, deadline);
            open = true;
            return Optional.of(channel);
        } catch (TimeoutException slow) {
            throw Failures.late(target, deadline, "starting a relay to " + host + ":" + port);
        } catch (SshChannelOpenException nobody) {
            throw nobody;
        } catch (IOException broken) {
            throw lost(target, connection);
        } finally {
            if (channel != null && !open) {
                channel.close(false);
            }
        }
    }

    /** Reads over what the login shell prints. */
    private static void awaitMark(
            String target, Connection connection, ChannelExec channel, String mark, String place, Deadline deadline)
            throws InterruptedException, TimeoutException, IOException {
        CompletableFuture<Boolean> marked = new CompletableFuture<>();
        Thread.ofVirtual().name("relay " + target).start(() -> {
            try {
                marked.complete(readTo(mark, channel.getInvertedOut()));
            } catch (IOException broken) {
                marked.complete(false);
            }
        });
        if (await(marked, deadline)) {
            return;
        }
        String said = lastWords(channel, deadline);
        @Nullable Integer status = channel.getExitStatus();
        if (status == null) {
            throw lost(target, connection);
        }
        if (status == NOBODY) {
            throw new SshChannelOpenException(
                    channel.getChannelId(), SshConstants.SSH_OPEN_CONNECT_FAILED, "nobody listens at " + place);
        }
        throw new TargetException(
                target,
                Code.PROTOCOL,
                "sshd at " + connection.route().place() + " forbids forwarding, and no relay to " + place
                        + " can run there instead (exit " + status + "): "
                        + said,
                "set AllowTcpForwarding yes (or local) in its sshd_config, for this user at least, or install bash there");
    }

    /** The last line of standard error, once the channel is closed. */
    private static String lastWords(ChannelExec channel, Deadline deadline)
            throws InterruptedException, TimeoutException {
        CompletableFuture<String> said = new CompletableFuture<>();
        CompletableFuture<String> last = new CompletableFuture<>();
        channel.addCloseFutureListener(_ -> said.thenAccept(last::complete));
        Thread.ofVirtual().start(() -> {
            try {
                said.complete(new String(channel.getInvertedErr().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException broken) {
                said.complete("");
            }
        });
        return await(last, deadline).lines().reduce((first, second) -> second).orElse("it said nothing");
    }

    private static <T> T await(CompletableFuture<T> future, Deadline deadline)
            throws InterruptedException, TimeoutException {
        try {
            return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @return false when the output ended without the mark */
    private static boolean readTo(String mark, InputStream output) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = output.read(); next >= 0; next = output.read()) {
            if (next != '\n') {
                line.write(next);
            } else if (line.toString(StandardCharsets.UTF_8).equals(mark)) {
                return true;
            } else {
                line.reset();
            }
        }
        return false;
    }

    private static TargetException lost(String target, Connection connection) {
        return Failures.lost(target, connection.route(), "a relay was started");
    }
}
