package io.kubewright.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A loopback port behind which a server lies far away: every byte arrives late, few arrive a second, and what cannot be
 * sent yet waits in a deep queue, as in a home router or behind a satellite.
 */
final class SlowLink implements AutoCloseable {
    private static final int PIECE = 4096;

    private final ServerSocket listener;
    private final int server;
    private final long delayNanos;
    private final int bytesPerSecond;
    private final int queued;
    private volatile boolean cut;

    /** Some bytes, the moment before which they do not arrive, and the end when there are none. */
    private record Piece(byte[] bytes, long due) {}

    /**
     * @param delayMillis one way
     * @param queuedBytes how much the link takes in before it holds the sender back
     */
    SlowLink(int server, long delayMillis, int bytesPerSecond, int queuedBytes) throws IOException {
        this.server = server;
        this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
        this.bytesPerSecond = bytesPerSecond;
        this.queued = Math.max(1, queuedBytes / PIECE);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing arrives any more, and nobody is told. */
    void cut() {
        cut = true;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), server);
                carry(near, far);
                carry(far, near);
            } catch (IOException closed) {
                close();
            }
        }
    }

    private void carry(Socket from, Socket to) {
        BlockingQueue<Piece> way = new ArrayBlockingQueue<>(queued);
        Thread.ofVirtual().start(() -> {
            try (from) {
                take(from.getInputStream(), way);
                way.put(new Piece(new byte[0], 0));
            } catch (IOException broken) {
                closeQuietly(to);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        Thread.ofVirtual().start(() -> {
            try (to) {
                hand(way, to.getOutputStream());
            } catch (IOException broken) {
                closeQuietly(from);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void take(InputStream from, BlockingQueue<Piece> way) throws IOException, InterruptedException {
        byte[] buffer = new byte[PIECE];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            way.put(new Piece(Arrays.copyOf(buffer, read), System.nanoTime() + delayNanos));
        }
    }

    private void hand(BlockingQueue<Piece> way, OutputStream to) throws IOException, InterruptedException {
        long free = System.nanoTime();
        for (Piece piece = way.take(); piece.bytes().length > 0; piece = way.take()) {
            long at = Math.max(piece.due(), free);
            TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
            if (!cut) {
                to.write(piece.bytes());
                to.flush();
            }
            free = Math.max(at, free) + TimeUnit.SECONDS.toNanos(piece.bytes().length) / bytesPerSecond;
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // Closed is what was wanted.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
