package io.kubewright.cluster;

import io.kubewright.bundle.Bundle;
import io.kubewright.engine.Finding;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Progress;
import io.kubewright.engine.Proof;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.host.preflight.Preflight;
import io.kubewright.host.preflight.PreflightInput;
import io.kubewright.kube.EndpointSection.ExternalEndpoint;
import io.kubewright.kube.KubePorts;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.network.AttachmentChecks;
import io.kubewright.network.NetworkPorts;
import io.kubewright.spec.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a file asks of its hosts, tried out before anything is changed. */
public final class Checks implements AutoCloseable {
    private final List<Proof> all;
    private final HostProbe probe;
    private final Progress progress;

    private Checks(List<Proof> all, HostProbe probe, Progress progress) {
        this.all = all;
        this.probe = probe;
        this.progress = progress;
    }

    /**
     * Nothing is done before a check is run.
     *
     * @param facts by host name, with the deviations that were accepted
     * @param progress gets lines about what could not be removed afterwards
     */
    public static Checks of(
            Specification specification, Fleet fleet, Bundle bundle, Map<String, HostFacts> facts, Progress progress) {
        HostProbe probe = Probes.on(fleet.targets(), bundle);
        List<Port> ports = Stream.concat(KubePorts.table().stream(), NetworkPorts.table().stream())
                .toList();
        Set<String> names = new TreeSet<>(specification.host().timeServers());
        specification.endpoint().external().map(ExternalEndpoint::host).ifPresent(names::add);
        List<Proof> all = new ArrayList<>();
        all.add(new NamedProof(
                "preflight/fitness",
                "every host can be what the file says it is",
                _ -> fitness(Fitness.refusals(specification.hosts(), facts))));
        all.addAll(Preflight.of(
                new PreflightInput(specification.hosts(), ports, List.copyOf(names), facts, fleet.targets(), probe)));
        all.addAll(AttachmentChecks.of(specification.network().attachments(), specification.hosts(), facts, probe));
        return new Checks(List.copyOf(all), probe, progress);
    }

    private static List<Finding> fitness(List<Refusal> refusals) {
        return refusals.isEmpty()
                ? List.of(Finding.ok(StepId.CLUSTER, "processors, memory, control groups and identities suffice", 0))
                : refusals.stream()
                        .map(refusal -> Finding.failed(StepId.CLUSTER, refusal.reason() + ": " + refusal.hint(), 0))
                        .toList();
    }

    public List<Proof> all() {
        return all;
    }

    /** Takes the probe away from the hosts that had none; also when the thread was interrupted. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            probe.forget(progress::line);
        } catch (InterruptedException _) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
