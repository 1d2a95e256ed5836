package io.kubewright.cli;

import io.kubewright.cluster.Bundles;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.UserKubeconfig;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Verification;
import io.kubewright.lab.Backend;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabHost;
import io.kubewright.lab.LabOverlay;
import io.kubewright.report.RunView;
import io.kubewright.report.VerificationReport;
import io.kubewright.spec.IpAddress;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubewright lab up}: hosts first, then all that makes a proven cluster of them. */
@Command(
        name = "up",
        description =
                "Brings the file's hosts up inside this machine and makes a proven cluster of them. Without -f and"
                        + " without ./cluster.yaml it takes the built-in lab: three control planes, two workers.")
final class LabUpCommand implements Callable<Integer> {
    private static final int LOOKS = 4;
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private final Context context;
    private final Map<String, Long> phases = new LinkedHashMap<>();
    private int looks;

    @Option(names = "--hosts-only", description = "Only the hosts: no bundle, no cluster.")
    private boolean hostsOnly;

    @Option(
            names = "--backend",
            paramLabel = "KIND",
            description = "nspawn (containers, the default) or vm (virtual machines: slower, nothing shared).")
    private Optional<Backend> backend = Optional.empty();

    LabUpCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Lab.requireRoot();
        Specification specification = ClusterFile.read(file(context.options()));
        PrintStream people = context.people();
        if (!hostsOnly) {
            people.println("bundle: what the file needs");
            phase("bundle", () -> Bundles.build(specification, new BuildLines(people)));
        }
        try (RunView view = context.view(false)) {
            phase("hosts", () -> raise(specification, backend, view));
        }
        if (hostsOnly) {
            int hosts = specification.hosts().size();
            people.printf(
                    "%s up; kubewright lab ssh %s enters %s.%n",
                    hosts == 1 ? "1 host is" : hosts + " hosts are",
                    specification.hosts().getFirst().name(),
                    hosts == 1 ? "it" : "one");
            return ExitCode.DONE.number();
        }
        try (ClusterWork work = Clusters.open(specification)) {
            RunEvent.RunFinished applied = apply(work);
            if (applied.outcome() != RunEvent.Outcome.DONE) {
                return PlanRun.code(applied.outcome()).number();
            }
            long start = System.nanoTime();
            Verification verification = verified(work);
            phases.put("verify", System.nanoTime() - start);
            context.print(
                    () -> VerificationReport.text(
                            "proofs",
                            verification,
                            context.colour(),
                            context.options().verbosity() > 0),
                    () -> VerificationReport.json("verify", "proofs", verification));
            summary(people, specification, verification);
            return (verification.ok() ? ExitCode.DONE : ExitCode.PENDING).number();
        }
    }

    /** A cluster just made on a busy machine may need some breath: what does not hold is looked at again. */
    private Verification verified(ClusterWork work) throws InterruptedException {
        for (int look = 1; ; look++) {
            Verification verification;
            try (RunView view = context.view(false)) {
                verification = work.verify(PathSelection.ALL, false, view);
            }
            if (verification.ok() || look == LOOKS) {
                looks = look;
                return verification;
            }
            context.people().println("Not all holds yet; looking again in " + PAUSE.toSeconds() + " s.");
            Thread.sleep(PAUSE);
        }
    }

    private RunEvent.RunFinished apply(ClusterWork work) throws InterruptedException {
        long start = System.nanoTime();
        Plan plan = work.plan(PathSelection.ALL, RunListener.NONE);
        phases.put("plan", System.nanoTime() - start);
        if (!plan.refused().isEmpty()) {
            context.people().print(io.kubewright.report.PlanReport.text(plan, context.colour(), false));
            throw new CommandException(ExitCode.REFUSED, "nothing was done: the plan holds refused steps", "see above");
        }
        start = System.nanoTime();
        RunEvent.RunFinished finished;
        try (RunView view = context.view(false)) {
            finished = work.run(plan, view);
        }
        phases.put("apply", System.nanoTime() - start);
        return finished;
    }

    private void summary(PrintStream people, Specification specification, Verification verification) {
        String name = specification.metadata().name();
        people.println();
        people.printf(
                "Cluster %s: %d control planes, %d workers, Kubernetes %s, API at %s%n",
                name,
                specification.controlPlanes().size(),
                specification.hosts().stream().filter(host -> host.isWorker()).count(),
                specification.kubernetes().version(),
                specification.endpoint().vip().map(Object::toString).orElse("the first control plane"));
        long held =
                verification.entries().stream().filter(Verification.Entry::ok).count();
        people.printf(
                "  %d of %d findings hold%s%n",
                held,
                verification.entries().size(),
                looks > 1 ? ", at look " + looks + "; what did not hold before stands above" : "");
        specification.untested().forEach(each -> people.println("  " + each));
        StringBuilder took = new StringBuilder();
        phases.forEach((phase, nanos) -> took.append(took.isEmpty() ? "" : "   ")
                .append(phase)
                .append(' ')
                .append(seconds(nanos)));
        people.println("  took: " + took);
        people.println("  use it:   kubewright lab kubectl -- get nodes");
        people.println("            kubectl --kubeconfig " + UserKubeconfig.place(name) + " get pods -A");
        people.println("            kubewright lab ssh "
                + specification.hosts().getFirst().name() + "         kubewright verify -f " + specification.file());
        people.println("  be rid:   kubewright lab down");
        people.flush();
    }

    private static String seconds(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toMinutes() > 0
                ? "%dm%02ds".formatted(time.toMinutes(), time.toSecondsPart())
                : "%.1fs".formatted(nanos / 1e9);
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void phase(String name, Work work) throws InterruptedException {
        long start = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - start;
        phases.put(name, nanos);
    }

    /** The file that words about the lab mean: the named one, else ./cluster.yaml, else the built-in one. */
    static Path file(CommonOptions options) {
        Optional<Path> named = options.namedFile();
        return named.isEmpty() && !Files.exists(options.file()) ? Lab.builtInFile() : options.file();
    }

    /** Brings up the hosts of a file, with its phases as events. */
    static LabOverlay raise(Specification specification, Optional<Backend> backend, RunListener listener) {
        List<LabHost> hosts = specification.hosts().stream()
                .map(host -> new LabHost(host.name(), host.address()))
                .toList();
        return Lab.ofThisMachine().up(hosts, backend, names(specification), LabCommand.progress(listener));
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
