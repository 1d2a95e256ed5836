package io.kubewright.bundle;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** A server of files on loopback that knows ranges and validators as release hosts do, and fails when it is told to. */
final class ReleaseHost implements AutoCloseable {
    /** What goes wrong with one request. */
    sealed interface Fault {}

    /** Another answer, without the file. */
    record Status(int code, Map<String, String> headers) implements Fault {}

    /** The connection ends after so many bytes of the body. */
    record Cut(int after) implements Fault {}

    /** After so many bytes nothing more comes. */
    record Silence(int after) implements Fault {}

    /** A file of so many bytes only, as if that were the whole. */
    record Truncated(int length) implements Fault {}

    /** @param authorization what was shown, or empty */
    record Request(String path, String range, String ifRange, String authorization, int status) {}

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    final List<Request> requests = new CopyOnWriteArrayList<>();
    volatile boolean ranges = true;
    volatile boolean validators = true;
    /**
     * What the client has taken in so far, bytes. A connection is cut once it has taken what was sent: what lies in buffers
     * when a connection breaks is lost.
     */
    volatile LongSupplier taken = () -> 0;

    ReleaseHost() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void put(String path, byte[] content) {
        files.put(path, content);
    }

    void fail(String path, Fault... next) {
        faults.computeIfAbsent(path, any -> new ArrayDeque<>()).addAll(List.of(next));
    }

    List<Request> requests(String path) {
        return requests.stream().filter(each -> each.path().equals(path)).toList();
    }

    private Optional<Fault> fault(String path) {
        Deque<Fault> queue = faults.getOrDefault(path, new ArrayDeque<>());
        synchronized (queue) {
            return Optional.ofNullable(queue.poll());
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] content = files.get(path);
            Optional<Fault> fault = fault(path);
            if (fault.isPresent() && fault.get() instanceof Status(int code, Map<String, String> headers)) {
                headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
                answered(exchange, code, -1);
            } else if (content == null) {
                answered(exchange, 404, -1);
            } else {
                send(exchange, content, fault);
            }
        }
    }

    private void send(HttpExchange exchange, byte[] whole, Optional<Fault> fault) throws IOException {
        byte[] content = fault.isPresent() && fault.get() instanceof Truncated(int length)
                ? java.util.Arrays.copyOf(whole, length)
                : whole;
        long before = taken.getAsLong();
        String tag = "\"" + Digest.of(content) + "\"";
        if (validators) {
            exchange.getResponseHeaders().set("ETag", tag);
        }
        String range = header(exchange, "Range");
        String same = header(exchange, "If-Range");
        int from = ranges && !range.isEmpty() && (same.isEmpty() || same.equals(tag))
                ? Integer.parseInt(range.replaceAll("\\D", ""))
                : 0;
        if (from > 0 && from >= content.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
            answered(exchange, 416, -1);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        answered(exchange, from > 0 ? 206 : 200, content.length - from);
        OutputStream out = exchange.getResponseBody();
        switch (fault.orElse(null)) {
            case Cut(int after) -> {
                out.write(content, from, after);
                out.flush();
                awaitTaken(before, after);
            }
            case Silence(int after) -> {
                out.write(content, from, after);
                out.flush();
                await();
            }
            case null, default -> {
                out.write(content, from, content.length - from);
                out.close();
            }
        }
    }

    private void awaitTaken(long before, int after) throws IOException {
        long patience = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (taken.getAsLong() - before < after && System.nanoTime() < patience) {
            try {
                Thread.sleep(2);
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }
    }

    private void await() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void answered(HttpExchange exchange, int status, long length) throws IOException {
        requests.add(new Request(
                exchange.getRequestURI().getPath(),
                header(exchange, "Range"),
                header(exchange, "If-Range"),
                header(exchange, "Authorization"),
                status));
        exchange.sendResponseHeaders(status, length);
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
