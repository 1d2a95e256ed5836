package io.kubewright.cli;

import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Specification;
import io.kubewright.engine.RunListener;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabHost;
import io.kubewright.lab.LabOverlay;
import io.kubewright.report.RunView;
import io.kubewright.spec.IpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        description = "Brings the file's hosts up inside this machine and makes a proven cluster of them. Without -f and"
                + " without ./cluster.yaml it takes the built-in lab: three control planes, two workers.")
final class LabUpCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--hosts-only", description = "Only the hosts: no bundle, no cluster.")
    private boolean hostsOnly;

    LabUpCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Specification specification = ClusterFile.read(file(context.options()));
        LabOverlay overlay;
        try (RunView view = context.view(true)) {
            overlay = raise(specification, view);
        }
        if (!hostsOnly) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "the hosts are up, and this build of Kubewright cannot make a cluster of them yet",
                    "kubewright lab up --hosts-only brings up hosts alone");
        }
        if (!context.options().json()) {
            context.people()
                    .println(overlay.hosts().size() + " hosts are up. Enter one: kubewright lab ssh "
                            + overlay.hosts().getFirst().name());
        }
        return ExitCode.DONE.number();
    }

    /** The file that words about the lab mean: the named one, else ./cluster.yaml, else the built-in one. */
    static Path file(CommonOptions options) {
        Optional<Path> named = options.namedFile();
        return named.isEmpty() && !Files.exists(options.file()) ? Lab.builtInFile() : options.file();
    }

    /** Brings up the hosts of a file, with its phases as events. */
    static LabOverlay raise(Specification specification, RunListener listener) {
        List<LabHost> hosts = specification.hosts().stream()
                .map(host -> new LabHost(host.name(), host.address()))
                .toList();
        return Lab.ofThisMachine().up(hosts, names(specification), LabCommand.progress(listener));
    }

    /** The names of the file that a real site's name server would know. */
    private static Map<String, String> names(Specification specification) {
        Map<String, String> names = new LinkedHashMap<>();
        specification
                .endpoint()
                .vip()
                .map(IpAddress::toString)
                .ifPresent(vip -> specification.endpoint().names().forEach(name -> names.put(name, vip)));
        specification
                .registry()
                .flatMap(registry -> registry.host())
                .ifPresent(name -> specification
                        .ingress()
                        .flatMap(ingress -> ingress.address())
                        .ifPresent(address -> names.put(name, address.toString())));
        return names;
    }
}
