package io.kubewright.kubeapi;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/**
 * Just enough of an API server over TLS: readiness, discovery of ConfigMaps and pods, reading, watching, making, deleting.
 * Server-side apply is tested on a real API server, whose field ownership no fake should imitate.
 */
final class FakeApiServer implements AutoCloseable {
    private final HttpsServer server;
    private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
    private final List<OutputStream> watchers = new CopyOnWriteArrayList<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** As a kube-apiserver says it. */
    private static final String UNREADY = """
            [+]ping ok
            [+]etcd ok
            [-]etcd-readiness failed: reason withheld
            [-]poststarthook/rbac/bootstrap-roles failed: not finished
            [+]shutdown ok
            readyz check failed
            """;

    volatile boolean ready = true;
    volatile boolean silent;
    /** So many requests for objects are turned away, as those for a kind whose definition is new. */
    final AtomicInteger turningAway = new AtomicInteger();

    private int version;

    FakeApiServer(Pki pki) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(pki.serverContext()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /** Puts an object there and tells those who watch. */
    synchronized void put(KubeObject object) {
        KubeObject stored = object.with(Integer.toString(++version), "metadata", "resourceVersion");
        boolean known = objects.put(path(object.ref()), stored.content()) != null;
        tell(known ? "MODIFIED" : "ADDED", stored);
    }

    synchronized void remove(ObjectRef ref) {
        Map<String, Object> gone = objects.remove(path(ref));
        if (gone != null) {
            tell("DELETED", new KubeObject(gone));
        }
    }

    /** Ends all watches, as an API server does from time to time. */
    void endWatches() throws IOException {
        for (OutputStream watcher : watchers) {
            watchers.remove(watcher);
            watcher.close();
        }
    }

    int watching() {
        return watchers.size();
    }

    private static String path(ObjectRef ref) {
        String plural = ref.kind().toLowerCase(java.util.Locale.ROOT) + "s";
        return "/api/v1/namespaces/" + ref.namespace().orElse("") + "/" + plural + "/" + ref.name();
    }

    private void tell(String type, KubeObject object) {
        byte[] line =
                (Json.write(Map.of("type", type, "object", object.content())) + "\n").getBytes(StandardCharsets.UTF_8);
        for (OutputStream watcher : watchers) {
            try {
                watcher.write(line);
                watcher.flush();
            } catch (IOException e) {
                watchers.remove(watcher);
            }
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        requests.add(exchange.getRequestMethod() + " " + path);
        exchange.getRequestBody().readAllBytes();
        if (silent) {
            return;
        }
        if (path.equals("/readyz")) {
            answer(exchange, ready ? 200 : 500, ready ? "ok" : UNREADY);
        } else if (path.equals("/api/v1")) {
            answer(exchange, 200, """
                    {"resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": true},
                    {"name": "pods", "kind": "Pod", "namespaced": true}]}""");
        } else if (path.matches(".*/default/.*/.*") && turningAway.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            answer(exchange, 429, """
                    {"kind": "Status", "reason": "TooManyRequests", "message": "storage is (re)initializing"}""");
        } else if (query.contains("watch=true")) {
            exchange.sendResponseHeaders(200, 0);
            synchronized (this) {
                watchers.add(exchange.getResponseBody());
            }
        } else if (path.equals("/api/v1/configmaps")) {
            list(exchange);
        } else {
            object(exchange, path);
        }
    }

    /** All ConfigMaps that are ours, packed as an API server packs what is large. */
    private synchronized void list(HttpExchange exchange) throws IOException {
        List<Map<String, Object>> items = objects.values().stream()
                .filter(each -> new KubeObject(each)
                        .at("metadata", "labels", ObjectResource.MANAGED_BY)
                        .isPresent())
                .toList();
        byte[] plain = Json.write(Map.of("items", items)).getBytes(StandardCharsets.UTF_8);
        if (!"gzip".equals(exchange.getRequestHeaders().getFirst("Accept-Encoding"))) {
            throw new IOException("the client takes nothing packed");
        }
        exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream packing = new GZIPOutputStream(exchange.getResponseBody())) {
            packing.write(plain);
        }
    }

    private synchronized void object(HttpExchange exchange, String path) throws IOException {
        Map<String, Object> found = objects.get(path);
        if (found == null) {
            answer(exchange, 404, "{\"kind\": \"Status\", \"reason\": \"NotFound\", \"message\": \"not found\"}");
        } else {
            answer(exchange, 200, Json.write(found));
        }
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
