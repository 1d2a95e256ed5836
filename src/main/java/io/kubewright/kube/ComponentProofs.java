package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.Conditions;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.Tree;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Timer;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Static pods of control planes: ready for the API, running for the host, and leading where one must. */
final class ComponentProofs {
    /** The lease by which the instances of a component agree who leads. */
    private static final Map<String, String> LEASES = Map.of(
            "kube-controller-manager", "kube-controller-manager",
            "kube-scheduler", "kube-scheduler",
            "kube-vip", Vip.LEASE);

    /** Leaders renew every 2 s by default; one that takes this long has lost its lease by then. */
    private static final Duration RENEWAL = Duration.ofSeconds(20);

    private final List<Host> controlPlanes;
    private final KubeClient api;
    private final Once<Map<Host, Asked<HostLook>>> looks;

    ComponentProofs(List<Host> controlPlanes, KubeClient api, Once<Map<Host, Asked<HostLook>>> looks) {
        this.controlPlanes = controlPlanes;
        this.api = api;
        this.looks = looks;
    }

    List<Finding> run(String component) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        for (Host host : controlPlanes) {
            Timer timer = new Timer();
            Optional<KubeObject> pod = api.get(ObjectRef.pod("kube-system", component + "-" + host.name()));
            Optional<Asked<HostLook>> look = Optional.ofNullable(looks.get().get(host));
            findings.add(timer.finding(host.name(), judge(component, host.name(), pod, look)));
        }
        String lease = LEASES.get(component);
        if (lease != null) {
            Timer timer = new Timer();
            findings.add(timer.finding(
                    "cluster",
                    leads(component, ObjectRef.of("coordination.k8s.io/v1", "Lease", "kube-system", lease))));
        }
        return findings;
    }

    static Verdict judge(String component, String host, Optional<KubeObject> pod, Optional<Asked<HostLook>> look) {
        List<String> wrong = new ArrayList<>();
        boolean silent = pod.filter(ComponentProofs::givenUp).isPresent();
        if (pod.isEmpty()) {
            wrong.add("there is no pod " + component + "-" + host + " in kube-system");
        } else if (!silent || look.isEmpty()) {
            readiness(pod.get())
                    .ifPresent(missing -> wrong.add(component + " on " + host + " is not ready: " + missing));
        }
        look.ifPresent(asked -> {
            switch (asked) {
                case Asked.Answered<HostLook>(HostLook seen, long _) -> {
                    if (!seen.manifests().contains(component + ".yaml")) {
                        wrong.add("/etc/kubernetes/manifests/" + component + ".yaml is not on " + host);
                    }
                    if (!seen.containers().contains(component)) {
                        wrong.add("containerd on " + host + " runs no container " + component);
                    }
                }
                case Asked.Silent<HostLook>(String reason, long _) ->
                    wrong.add("host " + host + " could not be asked about " + component + ": " + reason);
            }
        });
        String state = silent ? " runs, and the kubelet there has not reported since, " : " runs and is ready, ";
        return Verdict.of(
                wrong,
                component + " on " + host + state
                        + pod.map(ComponentProofs::restarts).orElse(""));
    }

    /**
     * Whether the API counts the pod as not ready because its node does not report, which is the node's matter and says
     * nothing about the pod. The controller of nodes takes the condition away and leaves the kubelet's last word about the
     * containers (Kubernetes 1.36, pkg/controller/util/node, MarkPodsNotReady).
     */
    private static boolean givenUp(KubeObject pod) {
        List<Tree> containers = pod.at("status", "containerStatuses").items();
        return !pod.is("Ready")
                && !containers.isEmpty()
                && containers.stream().allMatch(each -> each.at("ready").isTrue());
    }

    private static Optional<String> readiness(KubeObject pod) {
        try {
            return Conditions.podReady().missing(Optional.of(pod));
        } catch (ApiException e) {
            return Optional.of(Timer.reason(e));
        }
    }

    private static String restarts(KubeObject pod) {
        long restarts = pod.at("status", "containerStatuses").items().stream()
                .mapToLong(each -> each.at("restartCount").number().orElse(0))
                .sum();
        return "restarts: " + restarts;
    }

    /** Waits until the lease is renewed, so that no clock but the leader's own matters. */
    private Verdict leads(String component, ObjectRef ref) throws InterruptedException {
        Timer timer = new Timer();
        Optional<KubeObject> first = api.get(ref);
        if (first.isEmpty()) {
            return Verdict.failed("no instance of " + component + " leads: there is no " + ref);
        }
        Optional<KubeObject> now = first;
        while (timer.millis() < RENEWAL.toMillis()
                && now.map(ComponentProofs::renewed).equals(first.map(ComponentProofs::renewed))) {
            Thread.sleep(500);
            now = api.get(ref);
        }
        return judgeLease(component, first.get(), now.orElse(first.get()), timer.millis());
    }

    private static String renewed(KubeObject lease) {
        return lease.at("spec", "holderIdentity").text("") + " "
                + lease.at("spec", "renewTime").text("");
    }

    static Verdict judgeLease(String component, KubeObject first, KubeObject last, long millis) {
        String holder = last.at("spec", "holderIdentity").text("").replaceFirst("_.*", "");
        if (holder.isEmpty()) {
            return Verdict.failed("nobody holds " + last.ref() + ", by which one " + component + " leads");
        }
        String renewed = last.at("spec", "renewTime").text("");
        if (renewed(first).equals(renewed(last))) {
            return Verdict.failed(component + " on " + holder + " holds " + last.ref() + " but has not renewed it in "
                    + millis + " ms (last " + renewed + ")");
        }
        return Verdict.ok(component + " on " + holder + " leads and renewed its lease within " + millis + " ms");
    }
}
