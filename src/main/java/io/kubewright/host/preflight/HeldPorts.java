package io.kubewright.host.preflight;

import io.kubewright.engine.Shell;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.spec.Host;
import io.kubewright.spec.Port.Transport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The probe answers at ports of many hosts, in place of the servers to come, until this is closed; 90 s at most. */
final class HeldPorts implements AutoCloseable {
    private static final Duration LIFE = Duration.ofSeconds(90);
    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration ENDING = Duration.ofSeconds(15);
    private static final String DIRECTORY = "directory ";

    private final PreflightInput input;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Host, Listeners> listeners = new LinkedHashMap<>();
    private final Map<Host, Asked<Map<String, String>>> taken;

    private HeldPorts(PreflightInput input, Map<Host, List<Socket>> sockets) throws InterruptedException {
        this.input = input;
        sockets.forEach((host, wanted) -> {
            Listeners each = new Listeners(host);
            listeners.put(host, each);
            threads.execute(() -> each.run(input.probe(), wanted));
        });
        this.taken = Together.ask(listeners, STARTING, Listeners::taken);
    }

    /** One number of a port. */
    record Socket(Transport transport, int number) {
        @Override
        public String toString() {
            return transport.name().toLowerCase(Locale.ROOT) + "/" + number;
        }
    }

    /** Returns when every host answers at its ports or has said why not. */
    static HeldPorts on(PreflightInput input, Map<Host, List<Socket>> sockets) throws InterruptedException {
        return new HeldPorts(input, sockets);
    }

    /** The ports that could not be had, by {@code tcp/10250}, with the reason; or why a host has none. */
    Map<Host, Asked<Map<String, String>>> taken() {
        return taken;
    }

    /**
     * Lets all go and waits until the hosts have put away what they listened with; also when the thread was interrupted, without
     * waiting, for the hosts end by themselves.
     */
    @Override
    public void close() {
        try {
            Together.ask(listeners, ENDING, each -> each.end(input.targets()));
            threads.shutdown();
            // A host that takes longer is left to its deadline.
            threads.awaitTermination(ENDING.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Of one host. */
    private static final class Listeners {
        private static final JsonMapper MAPPER = JsonMapper.builder().build();

        private final CompletableFuture<Map<String, String>> ready = new CompletableFuture<>();
        private final Map<String, String> failures = new ConcurrentHashMap<>();
        private final Host host;
        private volatile Optional<String> directory = Optional.empty();

        Listeners(Host host) {
            this.host = host;
        }

        void run(HostProbe probe, List<Socket> sockets) {
            try {
                probe.script(host.name(), script(sockets), LIFE, this::line);
                ready.completeExceptionally(new TargetException(
                        host.name(),
                        TargetException.Code.PROTOCOL,
                        "the probe did not listen",
                        "Run it again with -v."));
            } catch (RuntimeException e) {
                ready.completeExceptionally(e);
            } catch (InterruptedException _) {
                ready.cancel(false);
            }
        }

        private String script(List<Socket> sockets) {
            return "echo \"" + DIRECTORY + "$work\"\n: >\"$work/hold\"\n\"$probe\" ports -name "
                    + Shell.quote(host.name()) + " -tcp " + numbers(sockets, Transport.TCP) + " -udp "
                    + numbers(sockets, Transport.UDP) + " -while \"$work/hold\" -deadline " + LIFE.toSeconds() + "s\n";
        }

        private static String numbers(List<Socket> sockets, Transport transport) {
            return Shell.quote(sockets.stream()
                    .filter(socket -> socket.transport() == transport)
                    .map(socket -> Integer.toString(socket.number()))
                    .collect(Collectors.joining(",")));
        }

        private void line(String line) {
            if (line.startsWith(DIRECTORY)) {
                directory = Optional.of(line.substring(DIRECTORY.length()));
                return;
            }
            JsonNode event;
            try {
                event = MAPPER.readTree(line);
            } catch (JacksonException _) {
                return;
            }
            switch (event.path("event").asString("")) {
                case "taken" ->
                    failures.put(
                            event.path("port").asString(""), event.path("error").asString(""));
                case "ready" -> ready.complete(Map.copyOf(failures));
                default -> {}
            }
        }

        /** Whether there was anything to end. */
        boolean end(Targets targets) throws InterruptedException {
            Optional<String> held = directory;
            if (held.isPresent()) {
                targets.get(host.name()).run("rm -f " + Shell.quote(held.get() + "/hold") + "\n", ENDING, _ -> {});
            }
            return held.isPresent();
        }

        Map<String, String> taken() throws InterruptedException {
            try {
                return ready.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
