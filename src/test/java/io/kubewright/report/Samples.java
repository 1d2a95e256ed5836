package io.kubewright.report;

import io.kubewright.engine.Action;
import io.kubewright.engine.Drift;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Finding;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Verification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Data to render: one of everything. */
final class Samples {
    static final Instant WHEN = Instant.parse("2026-11-22T10:00:00Z");

    private Samples() {}

    static Plan plan() {
        List<Step> steps = new ArrayList<>();
        for (String host : List.of("n1", "n2")) {
            steps.add(Step.known(
                            new StepId("host/sysctl", host),
                            Action.CHANGE,
                            "packets are forwarded between pods and hosts",
                            List.of(new StepId("host/modules", host)),
                            "net.ipv4.ip_forward 0\nnet.ipv4.conf.all.rp_filter 2\n",
                            "net.ipv4.ip_forward 1\nnet.ipv4.conf.all.rp_filter 2\n")
                    .withDeviation(Optional.of("shared-kernel: vm.* settings are left alone")));
            steps.add(Step.known(
                    new StepId("host/modules", host),
                    Action.SAME,
                    "bridged packets are seen",
                    List.of(),
                    "a\n",
                    "a\n"));
        }
        String config =
                IntStream.rangeClosed(1, 20).mapToObj(n -> "line " + n + "\n").collect(Collectors.joining());
        steps.add(Step.known(
                StepId.parse("kube/containerd/config@n1"),
                Action.CREATE,
                "the runtime finds its sandbox image",
                List.of(),
                "",
                config));
        steps.add(Step.known(StepId.parse("host/swap@n2"), Action.REMOVE, "swap is off", List.of(), "/swap\n", ""));
        steps.add(Step.known(
                        StepId.parse("kube/etcd/data@n2"),
                        Action.REPLACE,
                        "the member is of this cluster",
                        List.of(),
                        "cluster a\n",
                        "cluster b\n")
                .withLoses(Optional.of("the data of the old member")));
        steps.add(Step.accompanying(StepId.parse("kube/token@n1"), "nodes join with it", List.of()));
        steps.add(Step.deferred(
                StepId.cluster("network/calico/pool"),
                "pods get addresses",
                List.of(StepId.parse("kube/init@n1")),
                "cidr 10.244.0.0/16\n",
                "the API is not there yet"));
        return Plan.of(
                RunKind.APPLY,
                "0.1.0",
                WHEN,
                "/etc/cluster.yaml",
                "ab".repeat(32),
                "cd".repeat(32),
                List.of("calico 3.31.0 with Kubernetes 1.36.4 is not in the table: accepted by acceptUntested"),
                steps);
    }

    static Plan nothingToDo() {
        Step same = Step.known(StepId.parse("host/modules@n1"), Action.SAME, "why", List.of(), "a\n", "a\n");
        return Plan.of(RunKind.APPLY, "0.1.0", WHEN, "/c.yaml", "a", "b", List.of(), List.of(same));
    }

    static Plan refused() {
        Step refused = Step.known(
                        StepId.parse("host/resolv@n1"), Action.CHANGE, "names resolve", List.of(), "a\n", "b\n")
                .withRefusal(Optional.of(new Refusal("the file belongs to NetworkManager", "tell NetworkManager")));
        return Plan.of(RunKind.APPLY, "0.1.0", WHEN, "/c.yaml", "a", "b", List.of(), List.of(refused));
    }

    static Verification preflight() {
        return new Verification(List.of(new Verification.Entry(
                "preflight/ports", "n1>n2", false, "n1 reaches n2", "tcp/10250 of n2: no answer in time", 6100)));
    }

    static Verification verification() {
        return new Verification(List.of(
                new Verification.Entry(
                        "proof/nodes/ready", "n1", true, "every node is Ready", "Ready with v1.36.4", 120),
                new Verification.Entry(
                        "proof/nodes/ready", "n2", true, "every node is Ready", "Ready with v1.36.4", 90),
                new Verification.Entry(
                        "proof/network/pod-to-pod", "n1>n2", true, "pods reach each other", "3 of 3 packets", 400),
                new Verification.Entry(
                        "proof/network/pod-to-pod",
                        "n2>n1",
                        false,
                        "pods reach each other",
                        "0 of 3 packets arrived on n1\nUDP 4789 seen leaving n2, not arriving on n1",
                        12_400),
                new Verification.Entry("proof/dns/inside", "cluster", true, "names resolve", "4 names", 30)));
    }

    static Drift drift() {
        return new Drift(List.of(
                new Drift.Entry(StepId.parse("host/sysctl@n1"), "a 1\nb 2\n", "a 1\nb 3\n"),
                new Drift.Entry(StepId.parse("kube/vip@n2"), "sha256 abc\n", "")));
    }

    static Explanation explanation() {
        return new Explanation(
                "host/sysctl",
                "Packets are forwarded between pods and hosts.",
                "The guide sets twelve keys. Two of them do nothing on kernels of this century, and one breaks"
                        + " asymmetric routes.\n\nKubewright sets the three that Kubernetes needs.",
                "kernel.org, Documentation/networking/ip-sysctl.rst",
                "Pods on other hosts cannot be reached.",
                "The drop-in is removed and the former values are set.");
    }

    /** A run with everything that can happen in one. */
    static List<RunEvent> events() {
        StepId sysctl = StepId.parse("host/sysctl@n1");
        StepId packages = StepId.parse("host/packages@n2");
        return List.of(
                new RunEvent.RunStarted("20261122T100000Z-abcdef", WHEN, RunKind.APPLY, 5),
                new RunEvent.PhaseStarted("bundle"),
                new RunEvent.PhaseLine("bundle", "compiling etcd"),
                new RunEvent.PhaseDone("bundle", 62_000),
                new RunEvent.TransferProgress("n1", "kubelet", 50_000_000, 120_000_000),
                new RunEvent.StepStarted(sysctl, "packets are forwarded"),
                new RunEvent.StepLine(sysctl, "net.ipv4.ip_forward = 1"),
                new RunEvent.StepStarted(packages, "tools are there"),
                new RunEvent.StepDone(sysctl, 340),
                new RunEvent.StepFailed(packages, 100, "E: no space left\u001b[2J\n", "Make room on n2."),
                new RunEvent.StepSkipped(StepId.parse("kube/join@n2"), "needs host/packages@n2, which failed"),
                new RunEvent.StepRefused(
                        StepId.parse("host/swap@n1"), "it changed since the plan was made", "Plan again."),
                new RunEvent.HostUnreachable("n3", "connection refused at 10.77.0.13:22", "Is it on?"),
                new RunEvent.ProofStarted("proof/dns/inside", "names resolve"),
                new RunEvent.ProofLine("proof/dns/inside", "waiting for the pod"),
                new RunEvent.ProofFound(
                        "proof/dns/inside", Finding.failed("cluster", "no answer from 10.96.0.10", 900)),
                new RunEvent.RunFinished(RunEvent.Outcome.FAILED, new RunEvent.Counts(1, 1, 1, 1), 192_000));
    }
}
