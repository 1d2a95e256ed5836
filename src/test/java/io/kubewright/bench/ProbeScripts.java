package io.kubewright.bench;

import io.kubewright.cluster.Blueprint;
import io.kubewright.cluster.Bundles;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Inventory;
import io.kubewright.cluster.Rehearsal;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.Standing;
import io.kubewright.engine.Deviation;
import io.kubewright.engine.EarlyLooks;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.Look;
import io.kubewright.engine.PathPattern;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Planner;
import io.kubewright.engine.Resource;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Survey;
import io.kubewright.engine.Target;
import io.kubewright.engine.Targets;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabOverlay;
import io.kubewright.spec.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes the script with which each host of the standing lab is looked at for a file: the one that {@code plan} sends, or
 * {@code plan --only PATH}.
 */
final class ProbeScripts {
    private ProbeScripts() {}

    /** Takes a file, a directory and perhaps a path, and writes {@code HOST.sh} into the directory. */
    public static void main(String[] arguments) throws InterruptedException {
        Specification file = ClusterFile.read(Path.of(arguments[0]));
        Path directory = Path.of(arguments[1]);
        LabOverlay lab = Lab.standing().orElseThrow();
        Specification specification = file.withHosts(
                file.hosts().stream().map(host -> host.withSsh(lab.ssh())).toList());
        Rehearsal rehearsal = new Rehearsal(
                lab.id(),
                lab.deviations().stream()
                        .map(deviation -> new Deviation(deviation.name(), deviation.why()))
                        .toList(),
                lab.ssh());
        PathSelection selection = new PathSelection(
                Arrays.stream(arguments).skip(2).map(PathPattern::parse).toList(), List.of());
        List<String> names = specification.hosts().stream().map(Host::name).toList();
        try (Fleet fleet = Fleet.of(specification, _ -> Optional.empty())) {
            Inspection.Result inspected = Inspection.of(fleet.targets(), names);
            Map<String, HostFacts> facts = rehearsal.accept(inspected.facts());
            Standing standing = new Standing(Optional.empty(), new Inventory(Map.of(), Set.of()));
            List<Resource> resources = Blueprint.of(
                            specification, inspected, facts, standing, Bundles.open(specification))
                    .resources(fleet.api());
            Survey.of(
                    new Scribes(names, directory),
                    resources.stream().filter(HostResource.class::isInstance).toList(),
                    Planner.toBeSeen(resources, selection::selects)::contains,
                    _ -> {},
                    new Look(),
                    EarlyLooks.none());
        }
    }

    private record Scribes(List<String> names, Path directory) implements Targets {
        @Override
        public Target get(String name) {
            return new Scribe(name, directory.resolve(name + ".sh"));
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Writes a script down instead of running it. */
    private record Scribe(String name, Path file) implements Target {
        @Override
        public ScriptResult run(String script, Duration deadline, Consumer<String> onLine) {
            try {
                Files.writeString(file, script);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new ScriptResult(0, "", "");
        }

        @Override
        public void upload(Path from, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes) {
            throw new UnsupportedOperationException("nothing is uploaded to look at a host");
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
