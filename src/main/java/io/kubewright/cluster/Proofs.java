package io.kubewright.cluster;

import io.kubewright.bundle.Bundle;
import io.kubewright.engine.Progress;
import io.kubewright.engine.Proof;
import io.kubewright.host.HostProofs;
import io.kubewright.kube.KubeProofs;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofImage;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.network.NetworkProofs;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.List;

/** Everything that a file promises, as proofs that share one set of proof pods. For one run: what was seen is kept. */
public final class Proofs implements AutoCloseable {
    private final List<Proof> all;
    private final ProofBench bench;

    private Proofs(List<Proof> all, ProofBench bench) {
        this.all = all;
        this.bench = bench;
    }

    /**
     * Nothing is done before a proof is run.
     *
     * @param progress gets lines about what is removed after the proofs
     */
    public static Proofs of(Specification specification, Fleet fleet, Bundle bundle, Progress progress) {
        HostProbe hosts = Probes.on(fleet.targets(), bundle);
        List<Host> nodes = specification.hosts();
        ProofImage image = new ProofImage(
                bundle.image(ProofImages.IMAGE, bundle.architectures().getFirst())
                        .ref(),
                "/" + Probes.NAME,
                bundle.data().imagePullPolicy());
        ProofBench bench = new ProofBench(
                fleet.api().client(),
                fleet.targets(),
                nodes.stream()
                        .map(host -> new ProofNode(host.name(), host.nodeIp().toString()))
                        .toList(),
                image,
                progress);
        List<Proof> all = new ArrayList<>(HostProofs.of(nodes, fleet.targets()));
        all.addAll(KubeProofs.of(
                nodes,
                specification.endpoint(),
                specification.kubernetes(),
                fleet.targets(),
                fleet.api().client(),
                hosts));
        all.addAll(NetworkProofs.of(
                bench,
                hosts,
                specification.kubernetes().dualStack(),
                specification.network().attachments()));
        return new Proofs(List.copyOf(all), bench);
    }

    public List<Proof> all() {
        return all;
    }

    /** Removes the proof pods, waiting until they are gone; also when the thread was interrupted. */
    @Override
    public void close() {
        bench.close();
    }
}
