package io.kubewright.cli;

import io.kubewright.cluster.Bundles;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Explanations;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Rehearsal;
import io.kubewright.cluster.Specification;
import io.kubewright.engine.Deviation;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Secret;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabHost;
import io.kubewright.lab.LabOverlay;
import io.kubewright.ssh.PasswordSource;
import java.io.Console;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The clusters of real files. */
final class Clusters implements ClusterWork.Source {
    @Override
    public ClusterWork open(CommonOptions options) {
        return open(ClusterFile.read(options.file()));
    }

    /** The work of a file that has been read. Hosts of the standing lab are reached and judged as its overlay says. */
    static ClusterWork open(Specification file) {
        return open(file, Lab.standing(), specification -> Fleet.of(specification, passwords()));
    }

    /** @param fleets makes the ways to the hosts; connects nothing */
    static ClusterWork open(Specification file, Optional<LabOverlay> standing, Function<Specification, Fleet> fleets) {
        Optional<LabOverlay> overlay = standing.filter(lab -> lab.covers(hosts(file)));
        Specification specification = overlay.map(lab -> file.withHosts(file.hosts().stream()
                        .map(host -> host.withSsh(lab.ssh()))
                        .toList()))
                .orElse(file);
        Optional<Rehearsal> rehearsal = overlay.map(lab -> new Rehearsal(
                lab.id(),
                lab.deviations().stream()
                        .map(deviation -> new Deviation(deviation.name(), deviation.why()))
                        .toList()));
        return new FileWork(
                specification,
                rehearsal,
                () -> Bundles.open(specification),
                Explanations.load(),
                fleets.apply(specification));
    }

    /** A file's hosts as a lab knows them. */
    static List<LabHost> hosts(Specification file) {
        return file.hosts().stream()
                .map(host -> new LabHost(host.name(), host.address()))
                .toList();
    }

    /** Asks for the password of sudo where there is somebody to ask. */
    static PasswordSource passwords() {
        return prompt -> {
            Console console = System.console();
            if (console == null || !console.isTerminal()) {
                return Optional.empty();
            }
            return Optional.ofNullable(console.readPassword("%s", prompt))
                    .map(password -> Secret.of(new String(password)));
        };
    }

    @Override
    public Optional<Explanation> explanation(String path) {
        return Explanations.load().of(path);
    }

    @Override
    public List<Explanation> explanations() {
        return Explanations.load().all();
    }
}
