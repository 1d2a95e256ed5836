package io.kubewright.ssh;

import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * A session that is lost once its host has said nothing at all for a while, though it was asked to. MINA 2.19 counts
 * unanswered heartbeats instead: on a slow link these wait behind the data of an upload, and a host that takes in
 * megabytes all the while would count as lost. OpenSSH's ServerAliveInterval works as this does.
 */
final class WatchedSession extends ClientSessionImpl {
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration LOST = Duration.ofSeconds(20);

    /** An OpenSSH server says that it does not know it; any answer will do. */
    private static final String KEEP_ALIVE = "keepalive@openssh.com";

    private volatile long heard = System.nanoTime();

    WatchedSession(ClientFactoryManager client, IoSession ioSession) throws Exception {
        super(client, ioSession);
    }

    /** Asks the server first for a key of a type that is known of it, as OpenSSH does. */
    @Override
    protected String resolveAvailableSignaturesProposal(FactoryManager manager) {
        return Clients.signaturesFirst(Dialogue.of(this).knownKeyTypes());
    }

    @Override
    public void messageReceived(Readable buffer) throws Exception {
        heard = System.nanoTime();
        super.messageReceived(buffer);
    }

    /** Begins to watch; called after the login, which has a deadline of its own. */
    void watch() {
        Thread.ofVirtual().name("watch " + this).start(() -> {
            try {
                while (isOpen()) {
                    Thread.sleep(QUIET);
                    look();
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } catch (IOException broken) {
                exceptionCaught(broken);
            }
        });
    }

    private void look() throws IOException {
        long quiet = System.nanoTime() - heard;
        if (quiet >= LOST.toNanos()) {
            throw new SshException("nothing was heard for " + LOST.toSeconds() + " s");
        }
        if (quiet >= QUIET.toNanos()) {
            Buffer buffer = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            buffer.putString(KEEP_ALIVE);
            buffer.putBoolean(true);
            request(buffer, KEEP_ALIVE, (_, _) -> {});
        }
    }
}
