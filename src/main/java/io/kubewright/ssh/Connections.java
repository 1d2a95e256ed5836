package io.kubewright.ssh;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.jspecify.annotations.Nullable;

/** The connections of one run, one for each route; hosts behind the same jump host share the connection to it. */
final class Connections implements AutoCloseable {
    private final Routes routes;
    private final Map<Route, Connection> byRoute = new HashMap<>();
    private @Nullable SshClient client;
    private boolean closed;

    Connections(Surroundings surroundings) {
        this.routes = new Routes(surroundings);
    }

    /** The connection to a host, not yet opened. */
    Connection to(SshSettings settings, Deadline deadline) throws InterruptedException {
        return of(routes.to(settings, deadline), settings.connectTimeout());
    }

    private synchronized Connection of(Route route, Duration connectTimeout) {
        Optional<Connection> via = route.via().map(hop -> of(hop, connectTimeout));
        return byRoute.computeIfAbsent(route, key -> new Connection(this::client, key, connectTimeout, via));
    }

    private synchronized SshClient client() {
        if (closed) {
            throw new IllegalStateException("the hosts of this run are closed");
        }
        if (client == null) {
            client = Clients.start();
        }
        return client;
    }

    @Override
    public synchronized void close() {
        closed = true;
        byRoute.values().forEach(Connection::close);
        if (client != null) {
            client.stop();
        }
    }
}
