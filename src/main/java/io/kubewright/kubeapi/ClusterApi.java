package io.kubewright.kubeapi;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Secret;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The API of the cluster, reached over SSH through any control plane whose own API server is well. Connects on first use,
 * and anew through another control plane when one is lost. Calls may come from several threads.
 */
public final class ClusterApi implements AutoCloseable {
    /** kubeadm's default; every control plane's API server also listens on its loopback address. */
    private static final int PORT = 6443;

    private static final int FORBIDDEN = 403;

    /** How /readyz begins the line of a check that fails. */
    private static final String FAILING_CHECK = "[-]";

    private static final Duration CONNECTING = Duration.ofSeconds(40);
    private static final Duration ASKING = Duration.ofSeconds(40);
    /** How long a finding that there is no usable API holds, so that many resources in a row do not each ask all hosts. */
    private static final Duration NEGATIVE_HOLDS = Duration.ofSeconds(2);

    private static final String ABSENT = "absent";
    private static final String READ_CREDENTIALS = """
            set -eu
            if [ -s /etc/kubernetes/admin.conf ]; then
              sha256sum </etc/kubernetes/pki/sa.key | cut -c 1-64
              cat /etc/kubernetes/admin.conf
            else
              echo absent
            fi
            """;

    private final Targets targets;
    private final List<String> controlPlanes;
    private final ApiRoutes routes;
    private final ReentrantLock lock = new ReentrantLock();
    private final KubeClient client = new KubeClient(new Live());

    private Optional<ApiConnection> connection = Optional.empty();
    private ApiState state = new ApiState.Absent();
    private Instant stateHoldsUntil = Instant.MIN;
    private Optional<Secret> hashKey = Optional.empty();
    private boolean closed;

    /** @param controlPlanes names of the hosts to try, in order; all of them in {@code targets} */
    public ClusterApi(Targets targets, List<String> controlPlanes, ApiRoutes routes) {
        this.targets = targets;
        this.controlPlanes = List.copyOf(controlPlanes);
        this.routes = routes;
    }

    /** Whether the API can be used now; connects when it is not connected. */
    public ApiState state() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (connection.isEmpty() && !Instant.now().isBefore(stateHoldsUntil)) {
                connect();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The key under which secrets of this cluster are hashed for people's eyes: derived from the key of its service
     * accounts, which all control planes share and no renewal changes. Empty before the first connection.
     */
    Optional<Secret> hashKey() {
        lock.lock();
        try {
            return hashKey;
        } finally {
            lock.unlock();
        }
    }

    /** Requests to the API; each call connects when needed. */
    public KubeClient client() {
        return client;
    }

    private void connect() throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("the access to the API is closed");
        }
        List<String> failures = new ArrayList<>();
        boolean credentialsSeen = false;
        for (String controlPlane : controlPlanes) {
            try {
                Optional<AdminCredentials> credentials = credentials(controlPlane);
                if (credentials.isPresent()) {
                    credentialsSeen = true;
                    connection = Optional.of(connect(controlPlane, credentials.get()));
                    state = new ApiState.Ready(controlPlane);
                    return;
                }
            } catch (TargetException | ApiException e) {
                failures.add(e.getMessage());
            }
        }
        state = failures.isEmpty() && !credentialsSeen
                ? new ApiState.Absent()
                : new ApiState.Unreachable(String.join("; ", failures));
        stateHoldsUntil = Instant.now().plus(NEGATIVE_HOLDS);
    }

    private Optional<AdminCredentials> credentials(String controlPlane) throws InterruptedException {
        ScriptResult result = targets.get(controlPlane).run(READ_CREDENTIALS, CONNECTING, _ -> {});
        if (result.exitCode() != 0) {
            throw new TargetException(
                    controlPlane,
                    TargetException.Code.PROTOCOL,
                    "/etc/kubernetes/admin.conf could not be read: "
                            + result.stderr().strip(),
                    "Only root may read it; check `become` of this host.");
        }
        if (result.stdout().strip().equals(ABSENT)) {
            return Optional.empty();
        }
        int end = result.stdout().indexOf('\n');
        hashKey = Optional.of(Secret.of(result.stdout().substring(0, end)));
        return Optional.of(AdminCredentials.read(
                controlPlane + ":/etc/kubernetes/admin.conf",
                Secret.of(result.stdout().substring(end + 1))));
    }

    private ApiConnection connect(String controlPlane, AdminCredentials credentials) throws InterruptedException {
        ApiRoute route = routes.open(controlPlane, PORT, CONNECTING);
        ApiConnection opened;
        try {
            opened = ApiConnection.open(controlPlane, route, credentials);
        } catch (RuntimeException e) {
            route.close();
            throw e;
        }
        try {
            ApiConnection.Answer answer = opened.send("GET", "/readyz", null, null, ASKING);
            if (!answer.succeeded()) {
                throw unready(controlPlane, "its API server is not ready (" + reason(answer) + ")", null);
            }
            // kubeadm gives the administrator rights after the API server is ready, and may be interrupted before.
            if (opened.send("GET", "/api/v1/namespaces/kube-system", null, null, ASKING)
                            .code()
                    == FORBIDDEN) {
                throw unready(controlPlane, "the administrator of its admin.conf has no rights (yet)", null);
            }
            return opened;
        } catch (IOException e) {
            opened.close();
            throw unready(controlPlane, "its API server does not answer: " + Causes.of(e), e);
        } catch (TimeoutException e) {
            opened.close();
            throw unready(controlPlane, "its API server did not answer within " + ASKING.toSeconds() + " s", e);
        } catch (InterruptedException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The checks that an API server itself names as failing, such as {@code etcd-readiness}; its status when it names none. */
    private static String reason(ApiConnection.Answer answer) {
        List<String> failing = answer.body()
                .lines()
                .filter(line -> line.startsWith(FAILING_CHECK))
                .map(line -> line.substring(FAILING_CHECK.length()).split(" ", 2)[0])
                .toList();
        return failing.isEmpty() ? String.valueOf(answer.code()) : "failing: " + String.join(", ", failing);
    }

    private static TargetException unready(
            String controlPlane, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        return new TargetException(
                controlPlane,
                TargetException.Code.UNREACHABLE,
                message,
                "Look at it on the host: crictl ps -a, journalctl -u kubelet.",
                cause);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            connection.ifPresent(ApiConnection::close);
            connection = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private final class Live implements Connections {
        @Override
        public ApiConnection connection() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                return switch (state()) {
                    case ApiState.Ready _ -> connection.orElseThrow();
                    case ApiState.Absent _ ->
                        throw new TargetException(
                                "cluster",
                                TargetException.Code.UNREACHABLE,
                                "there is no cluster yet: no control plane has /etc/kubernetes/admin.conf",
                                "`kubewright apply` makes it.");
                    case ApiState.Unreachable(String reason) ->
                        throw new TargetException(
                                "cluster",
                                TargetException.Code.UNREACHABLE,
                                "no control plane's API server could be reached: " + reason,
                                "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
                };
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void lost(ApiConnection lost) {
            lock.lock();
            try {
                if (connection.filter(each -> each == lost).isPresent()) {
                    connection = Optional.empty();
                    stateHoldsUntil = Instant.MIN;
                }
            } finally {
                lock.unlock();
            }
            lost.close();
        }

        @Override
        public int attempts() {
            return controlPlanes.size() + 1;
        }
    }
}
