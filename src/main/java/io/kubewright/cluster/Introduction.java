package io.kubewright.cluster;

import io.kubewright.cluster.HostReport.Link;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Shell;
import io.kubewright.engine.Target;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Asks hosts what they are and writes the first cluster file from it; changes nothing on them. */
public final class Introduction {
    private static final Duration REPORT = Duration.ofSeconds(60);
    private static final int CANDIDATES = 8;

    private final Targets targets;

    /** The targets' names are the hosts as the user named them. */
    public Introduction(Targets targets) {
        this.targets = targets;
    }

    /** What came of it: the file's text, or why some hosts could not be asked. */
    public sealed interface Outcome {
        record Proposal(String text) implements Outcome {}

        record Unreached(List<TargetException> failures) implements Outcome {}
    }

    /** Asks all hosts at once. When one cannot be asked, there is no file at all: half a cluster is no proposal. */
    public Outcome propose(Map<String, HostAddress> hosts) throws InterruptedException {
        List<HostReport> reports = new ArrayList<>();
        List<TargetException> failures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HostReport>> asked = targets.names().stream()
                    .map(name -> threads.submit(() -> report(targets.get(name), hosts)))
                    .toList();
            try {
                for (int i = 0; i < asked.size(); i++) {
                    collect(targets.names().get(i), asked.get(i), reports, failures);
                }
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
        if (!failures.isEmpty()) {
            return new Outcome.Unreached(failures);
        }
        List<IpAddress> candidates = candidates(reports);
        Optional<List<IpAddress>> free = free(targets.names().getFirst(), candidates);
        Optional<IpAddress> vip = free.orElse(candidates).stream().findFirst();
        return new Outcome.Proposal(InitialFile.render(reports, vip, free.isPresent() && vip.isPresent()));
    }

    /**
     * Writes the text as a new file, whole or not at all.
     *
     * @throws FileAlreadyExistsException when there is a file of that name, which is left as it is
     */
    public static void write(Path file, String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path draft = Files.createTempFile(directory, ".cluster", ".yaml");
        try {
            Files.writeString(draft, text);
            // A link, unlike a move, never replaces what is there.
            Files.createLink(file, draft);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void collect(
            String name, Future<HostReport> asked, List<HostReport> reports, List<TargetException> failures)
            throws InterruptedException {
        try {
            reports.add(asked.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RuntimeException failure)) {
                throw new IllegalStateException(e.getCause());
            }
            failures.add(TargetException.of(name, failure));
        }
    }

    private static HostReport report(Target target, Map<String, HostAddress> hosts) throws InterruptedException {
        HostAddress given = Optional.ofNullable(hosts.get(target.name())).orElseThrow();
        ScriptResult result = target.run(script("init-report.sh"), REPORT, _ -> {});
        return HostReport.parse(given, result.stdout());
    }

    /** From the end of the first host's network, where people and DHCP servers put the fewest hosts. */
    private static List<IpAddress> candidates(List<HostReport> reports) {
        Optional<Link> link = reports.getFirst().link();
        if (link.isEmpty() || link.get().address().bits() - link.get().prefix() < 4) {
            return List.of();
        }
        Set<IpAddress> taken = new HashSet<>();
        for (HostReport report : reports) {
            report.link().map(Link::address).ifPresent(taken::add);
            report.gateway().ifPresent(taken::add);
        }
        Cidr network = link.get().network();
        List<IpAddress> candidates = new ArrayList<>();
        for (long distance = -5; candidates.size() < CANDIDATES && distance > -14; distance--) {
            IpAddress candidate = network.last().plus(distance);
            if (!taken.contains(candidate)) {
                candidates.add(candidate);
            }
        }
        return candidates;
    }

    /** Those of the candidates nobody answers for, in their order; empty when the host has no means to tell. */
    private Optional<List<IpAddress>> free(String host, List<IpAddress> candidates) throws InterruptedException {
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        String words = candidates.stream().map(IpAddress::toString).collect(Collectors.joining(" "));
        ScriptResult result = targets.get(host)
                .run("candidates=" + Shell.quote(words) + "\n" + script("init-free.sh"), REPORT, _ -> {});
        if (result.exitCode() != 0) {
            return Optional.empty();
        }
        Set<String> free = HostReport.facts(result.stdout()).collect(Collectors.toSet());
        return Optional.of(candidates.stream()
                .filter(candidate -> free.contains("free " + candidate))
                .toList());
    }

    private static String script(String name) {
        try (InputStream stream = Introduction.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
