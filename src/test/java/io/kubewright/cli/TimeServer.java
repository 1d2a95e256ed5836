package io.kubewright.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Instant;

/** An NTP server of stratum 1 (RFC 5905) with this machine's clock. */
final class TimeServer implements AutoCloseable {
    /** Seconds from 1900 to 1970. */
    private static final long EPOCH = 2_208_988_800L;

    private static final int LENGTH = 48;

    private final DatagramSocket socket;

    private TimeServer(DatagramSocket socket) {
        this.socket = socket;
    }

    static TimeServer on(String address) throws IOException {
        TimeServer server = new TimeServer(new DatagramSocket(123, InetAddress.getByName(address)));
        Thread.ofVirtual().start(server::serve);
        return server;
    }

    private void serve() {
        byte[] buffer = new byte[1024];
        while (true) {
            DatagramPacket asked = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(asked);
                byte[] answer = answer(ByteBuffer.wrap(asked.getData(), 0, asked.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
            } catch (SocketException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static byte[] answer(ByteBuffer asked) {
        Instant now = Instant.now();
        int version = asked.get(0) & 0x38;
        return ByteBuffer.allocate(LENGTH)
                .put((byte) (version | 4))
                .put((byte) 1)
                .put(asked.get(2))
                .put((byte) -20)
                .putInt(0)
                .putInt(0)
                .put("GPS\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putLong(stamp(now))
                .putLong(asked.getLong(40))
                .putLong(stamp(now))
                .putLong(stamp(Instant.now()))
                .array();
    }

    /** Seconds and their fraction in 32 bits each. */
    private static long stamp(Instant instant) {
        return (instant.getEpochSecond() + EPOCH << 32) | ((long) instant.getNano() << 32) / 1_000_000_000L;
    }

    @Override
    public void close() {
        socket.close();
    }
}
