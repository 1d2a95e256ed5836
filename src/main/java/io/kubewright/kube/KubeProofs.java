package io.kubewright.kube;

import io.kubewright.engine.Proof;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Timer;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The proofs of nodes, control planes, etcd, the endpoint and certificates. */
public final class KubeProofs {
    private KubeProofs() {}

    /** What runs as a static pod on every control plane. */
    static List<String> components(EndpointSection endpoint) {
        List<String> components =
                new ArrayList<>(List.of("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"));
        endpoint.vip().ifPresent(vip -> components.add("kube-vip"));
        return components;
    }

    public static List<Proof> of(
            List<Host> hosts,
            EndpointSection endpoint,
            KubernetesSection kubernetes,
            Targets targets,
            KubeClient api,
            HostProbe probe) {
        List<Host> controlPlanes = hosts.stream().filter(Host::isControlPlane).toList();
        Once<Map<Host, Asked<HostLook>>> looks = new Once<>(() -> HostLook.at(hosts, targets));
        EtcdProofs etcd = new EtcdProofs(controlPlanes, targets);
        EndpointProofs endpoints = new EndpointProofs(hosts, endpoint, probe, looks);
        ComponentProofs components = new ComponentProofs(controlPlanes, api, looks);
        List<Proof> proofs = new ArrayList<>();
        proofs.add(new NamedProof(
                "proof/nodes/ready",
                "the node is ready, of the file's version, under its address and in its role",
                _ -> new NodeProof(hosts, kubernetes, api).run(looks.get())));
        for (String component : components(endpoint)) {
            proofs.add(new NamedProof(
                    "proof/control-plane/" + component,
                    component + " runs on the control plane and is ready",
                    _ -> components.run(component)));
        }
        proofs.add(new NamedProof(
                "proof/etcd/members",
                "every control plane is a started, voting member of etcd, and nobody else is",
                _ -> etcd.members()));
        proofs.add(new NamedProof(
                "proof/etcd/health",
                "the etcd member commits writes and agrees with the others on one leader",
                _ -> etcd.health()));
        if (kubernetes.encryptionAtRest()) {
            proofs.add(new NamedProof(
                    "proof/etcd/secrets",
                    "no Secret can be read by who has the disk of etcd",
                    _ -> SecretsProof.run(controlPlanes, targets)));
        }
        if (!(kubernetes.audit() instanceof Audit.None)) {
            proofs.add(new NamedProof(
                    "proof/audit",
                    "what is asked of the control plane's API server is written down",
                    _ -> AuditProof.run(controlPlanes, kubernetes.audit(), targets)));
        }
        if (kubernetes.kubeletServingCertificates()) {
            proofs.add(new NamedProof(
                    "proof/kubelet/certificate",
                    "the host's kubelet serves with a certificate of the cluster that names it",
                    _ -> endpoints.kubelets()));
        }
        proofs.add(new NamedProof(
                endpoint.vip().isPresent() ? "proof/endpoint/vip" : "proof/endpoint/external",
                "the host reaches the API through the cluster's endpoint",
                _ -> endpoints.shared()));
        proofs.add(new NamedProof(
                "proof/endpoint/api", "the control plane's own API server is ready", _ -> endpoints.own()));
        proofs.add(new NamedProof(
                "proof/dns/spread", "names still resolve when a node is lost: CoreDNS is ready on more than one", _ -> {
                    Timer timer = new Timer();
                    return List.of(timer.finding("cluster", DnsSpread.look(api)));
                }));
        proofs.add(new NamedProof(
                "proof/certificates",
                "every certificate of Kubernetes on the host is valid for at least " + CertificateJudge.DAYS
                        + " days more",
                _ -> CertificateJudge.run(looks.get())));
        return List.copyOf(proofs);
    }
}
