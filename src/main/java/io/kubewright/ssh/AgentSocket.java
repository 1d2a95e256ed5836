package io.kubewright.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** An SSH agent behind a Unix socket; one connection per request. */
final class AgentSocket extends AbstractAgentProxy {
    private static final int LONGEST_ANSWER = 256 * 1024;

    private final Path socket;

    AgentSocket(Path socket) {
        super(null);
        this.socket = socket;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    protected Buffer request(Buffer buffer) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer question = ByteBuffer.wrap(buffer.array(), buffer.rpos(), buffer.available());
            while (question.hasRemaining()) {
                channel.write(question);
            }
            int length = read(channel, Integer.BYTES).getInt();
            if (length < 1 || length > LONGEST_ANSWER) {
                throw new IOException("the agent answers with " + length + " bytes");
            }
            return new ByteArrayBuffer(read(channel, length).array());
        }
    }

    private static ByteBuffer read(SocketChannel channel, int length) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(length);
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) {
                throw new EOFException("the agent closed the connection");
            }
        }
        return answer.flip();
    }
}
