package io.kubewright.kubeapi;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Target;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Control planes of which a test says whether they are up, have an admin.conf, and where their API server listens. */
final class FakeHosts implements Targets, ApiRoutes {
    private final Map<String, FakeHost> hosts = new LinkedHashMap<>();
    final AtomicInteger routesOpen = new AtomicInteger();

    /** A host; what it has may change while it is used. */
    static final class FakeHost implements Target {
        private final String name;
        volatile boolean up = true;
        volatile Optional<String> adminConf = Optional.empty();
        volatile Optional<InetSocketAddress> apiServer = Optional.empty();
        final AtomicInteger scripts = new AtomicInteger();

        FakeHost(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public ScriptResult run(String script, Duration deadline, Consumer<String> onLine) {
            scripts.incrementAndGet();
            requireUp();
            return new ScriptResult(0, adminConf.map(text -> "f00d\n" + text).orElse("absent\n"), "");
        }

        @Override
        public void upload(Path file, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes) {
            throw new UnsupportedOperationException();
        }

        void requireUp() {
            if (!up) {
                throw new TargetException(name, TargetException.Code.UNREACHABLE, "no route to host", "switch it on");
            }
        }

        @Override
        public void close() {}
    }

    FakeHosts(String... names) {
        for (String name : names) {
            hosts.put(name, new FakeHost(name));
        }
    }

    FakeHost host(String name) {
        return Optional.ofNullable(hosts.get(name)).orElseThrow();
    }

    /** Every host has this admin.conf and leads to this API server. */
    FakeHosts leadingTo(String adminConf, InetSocketAddress apiServer) {
        hosts.values().forEach(host -> {
            host.adminConf = Optional.of(adminConf);
            host.apiServer = Optional.of(apiServer);
        });
        return this;
    }

    ClusterApi api() {
        return new ClusterApi(this, names(), this);
    }

    @Override
    public List<String> names() {
        return List.copyOf(hosts.keySet());
    }

    @Override
    public Target get(String name) {
        return host(name);
    }

    @Override
    public ApiRoute open(String controlPlane, int port, Duration deadline) {
        FakeHost host = host(controlPlane);
        host.requireUp();
        routesOpen.incrementAndGet();
        InetSocketAddress entrance = host.apiServer.orElseThrow();
        return new ApiRoute() {
            private final Map<String, Boolean> closed = new ConcurrentHashMap<>();

            @Override
            public InetSocketAddress entrance() {
                return entrance;
            }

            @Override
            public void close() {
                if (closed.put("closed", true) == null) {
                    routesOpen.decrementAndGet();
                }
            }
        };
    }

    @Override
    public void close() {}
}
