package io.kubewright.kubeapi;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/**
 * An API server's web sockets over TLS, for one thing: every command prints the same and ends well. It speaks RFC 6455
 * and {@code v4.channel.k8s.io} as far as that takes. Readiness is answered too.
 */
final class FakeExec implements AutoCloseable {
    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int STDOUT = 1;
    private static final int ERROR = 3;
    private static final int SHORT_LENGTHS = 126;
    private static final int LONG_LENGTH = 127;

    private final ServerSocket server;
    private final byte[] output;

    FakeExec(Pki pki, byte[] output) throws IOException {
        this.output = output;
        server = pki.serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream()) {
            String key = "";
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            if (key.isEmpty()) {
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\nSec-WebSocket-Accept: " + accept(key)
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            frame(out, BINARY, STDOUT, output);
            frame(out, BINARY, ERROR, "{\"status\": \"Success\"}".getBytes(StandardCharsets.UTF_8));
            out.write(new byte[] {(byte) CLOSE, 2, 3, (byte) 232});
            out.flush();
            in.readAllBytes();
        } catch (IOException ended) {
            // The client has what it wanted.
        }
    }

    private static void frame(OutputStream out, int kind, int channel, byte[] content) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(kind);
        long length = content.length + 1L;
        if (length < SHORT_LENGTHS) {
            frame.write((int) length);
        } else {
            frame.write(LONG_LENGTH);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) (length >>> shift));
            }
        }
        frame.write(channel);
        frame.writeBytes(content);
        out.write(frame.toByteArray());
        out.flush();
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
