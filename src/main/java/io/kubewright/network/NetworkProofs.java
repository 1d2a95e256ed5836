package io.kubewright.network;

import io.kubewright.engine.Proof;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.ProofBench;
import java.util.ArrayList;
import java.util.List;

/** The proofs of the pod network: real packets between pods, services, names and policies. */
public final class NetworkProofs {
    private NetworkProofs() {}

    /**
     * All of them.
     *
     * @param bench shared by the proofs of a run; its owner closes it when all have ended
     * @param dualStack whether pods have addresses of both IP families
     * @param attachments further networks of pods
     */
    public static List<Proof> of(ProofBench bench, HostProbe hosts, boolean dualStack, List<Attachment> attachments) {
        Once<Exchange> exchange = new Once<>(() -> Exchange.make(bench, hosts));
        ServiceProofs services = new ServiceProofs(bench, hosts);
        NameProofs names = new NameProofs(bench, hosts);
        PolicyProof policies = new PolicyProof(bench);
        List<Proof> proofs = new ArrayList<>(List.of(
                new NamedProof(
                        "proof/network/pod-to-pod",
                        "pods on the two nodes exchange UDP and TCP packets",
                        _ -> PairJudge.pairs(exchange.get())),
                new NamedProof(
                        "proof/network/vxlan",
                        "packets between pods of different nodes travel as VXLAN on the node's link",
                        _ -> PairJudge.wire(exchange.get())),
                new NamedProof(
                        "proof/network/service",
                        "a pod on the node reaches pods on all nodes through a service's cluster address",
                        _ -> services.clusterAddress()),
                new NamedProof(
                        "proof/network/node-port",
                        "a node port answers on the node's address from other hosts",
                        _ -> services.nodePort()),
                new NamedProof(
                        "proof/dns/cluster", "a pod on the node resolves names of services", _ -> names.cluster()),
                new NamedProof(
                        "proof/dns/upstream",
                        "a pod on the node gets the answer about a name outside that its host gets",
                        _ -> names.upstream()),
                new NamedProof(
                        "proof/network/policy/ingress",
                        "a network policy on the node denies and allows what comes in to a pod",
                        _ -> policies.run(PolicyProof.Direction.INGRESS)),
                new NamedProof(
                        "proof/network/policy/egress",
                        "a network policy on the node denies and allows what goes out from a pod",
                        _ -> policies.run(PolicyProof.Direction.EGRESS))));
        if (dualStack) {
            proofs.add(new NamedProof(
                    "proof/network/second-family/pod-to-pod",
                    "pods on the two nodes exchange UDP and TCP packets by their addresses of the other IP family",
                    _ -> PairJudge.pairs(Exchange.second(bench))));
            proofs.add(new NamedProof(
                    "proof/network/second-family/service",
                    "a pod on the node reaches pods on all nodes through a service's address of the other IP family",
                    _ -> services.secondClusterAddress()));
        }
        proofs.addAll(AttachmentProofs.of(bench.nodes(), attachments, bench.api(), hosts));
        proofs.addAll(MulticastProofs.of(bench, attachments));
        return List.copyOf(proofs);
    }
}
