package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Finds the way to a host from its settings and OpenSSH's configuration. */
final class Routes {
    private static final int MOST_HOPS = 8;

    private final Surroundings surroundings;
    private final boolean alike;
    private final Map<Asked, OpenSshConfiguration> answers = new HashMap<>();
    private final ReentrantLock asking = new ReentrantLock();

    /** All that OpenSSH is told beside the host's name. */
    private record Asked(
            Optional<String> user, Optional<Integer> port, Optional<Path> identityFile, Optional<String> jump) {}

    Routes(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.alike = OpenSshFiles.treatAllAlike(surroundings);
    }

    Route to(SshSettings settings, Deadline deadline) throws InterruptedException {
        settings.identityFile().filter(file -> !Files.isRegularFile(file)).ifPresent(missing -> {
            throw new TargetException(
                    settings.name(),
                    Code.AUTHENTICATION,
                    "the private key " + missing + " does not exist",
                    "correct identityFile, or make the key with: ssh-keygen -t ed25519 -f " + missing);
        });
        Hop hop = new Hop(settings.address(), settings.user(), settings.port());
        return route(settings, hop, settings.jump(), MOST_HOPS, deadline);
    }

    private Route route(SshSettings settings, Hop hop, Optional<String> jump, int hopsLeft, Deadline deadline)
            throws InterruptedException {
        boolean target = hopsLeft == MOST_HOPS;
        if (hopsLeft == 0) {
            throw new TargetException(
                    settings.name(),
                    Code.UNREACHABLE,
                    "more than " + MOST_HOPS + " jump hosts lead to " + settings.address(),
                    "look for a ProxyJump that leads back to itself: ssh -G " + settings.address());
        }
        OpenSshConfiguration found =
                ask(settings.name(), hop, target ? settings.identityFile() : Optional.empty(), jump, deadline);
        List<Path> identities = new ArrayList<>(found.paths("identityfile", surroundings));
        if (!target) {
            settings.identityFile().ifPresent(identities::add);
        }
        Optional<Route> via = Optional.empty();
        Optional<String> hops = found.first("proxyjump").filter(value -> !value.equals("none"));
        if (hops.isPresent()) {
            int comma = hops.get().lastIndexOf(',');
            Optional<String> before =
                    comma < 0 ? Optional.empty() : Optional.of(hops.get().substring(0, comma));
            via = Optional.of(
                    route(settings, Hop.parse(hops.get().substring(comma + 1)), before, hopsLeft - 1, deadline));
        }
        String hostName = found.first("hostname").orElse(hop.host());
        return new Route(
                hostName,
                Integer.parseInt(found.first("port").orElse("22")),
                found.first("user").orElseThrow(),
                found.first("hostkeyalias")
                        .filter(alias -> !alias.equals("none"))
                        .orElse(hostName),
                identities.stream().distinct().filter(Files::isRegularFile).toList(),
                agent(found),
                found.first("identitiesonly").filter("yes"::equals).isPresent(),
                settings.knownHosts().map(List::of).orElseGet(() -> knownHosts(found)),
                via);
    }

    private OpenSshConfiguration ask(
            String target, Hop hop, Optional<Path> identityFile, Optional<String> jump, Deadline deadline)
            throws InterruptedException {
        if (!alike) {
            return OpenSshConfiguration.read(surroundings, target, hop, identityFile, jump, deadline);
        }
        Asked asked = new Asked(hop.user(), hop.port(), identityFile, jump);
        if (!asking.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw Failures.late(target, deadline, "finding the way to the host");
        }
        try {
            @Nullable OpenSshConfiguration known = answers.get(asked);
            if (known == null) {
                known = OpenSshConfiguration.read(surroundings, target, hop, identityFile, jump, deadline);
                answers.put(asked, known);
                return known;
            }
            return known.of(hop);
        } finally {
            asking.unlock();
        }
    }

    private List<Path> knownHosts(OpenSshConfiguration found) {
        List<Path> files = new ArrayList<>(found.paths("userknownhostsfile", surroundings));
        files.addAll(found.paths("globalknownhostsfile", surroundings));
        return List.copyOf(files);
    }

    private Optional<Path> agent(OpenSshConfiguration found) {
        Optional<String> named = found.first("identityagent");
        if (named.isEmpty() || named.get().equals("SSH_AUTH_SOCK")) {
            return surroundings.agent();
        }
        if (named.get().equals("none")) {
            return Optional.empty();
        }
        if (named.get().startsWith("$")) {
            String variable = named.get().substring(1).replaceAll("[{}]", "");
            return Optional.ofNullable(System.getenv(variable)).map(Path::of);
        }
        return Optional.of(surroundings.path(named.get()));
    }
}
