package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.CONTROL_PLANES;
import static io.kubewright.cli.RealCluster.HOSTS;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What can be broken in a real cluster, and the proofs that must turn red, as {@code path@target}. */
enum Fault {
    KUBELET_STOPPED {
        @Override
        void make() throws Exception {
            on("n5", "systemctl stop kubelet");
        }

        @Override
        void cure() throws Exception {
            on("n5", "systemctl start kubelet");
        }

        @Override
        Set<String> certain() {
            Set<String> red = at(
                    "n5",
                    "proof/nodes/ready",
                    "proof/network/vxlan",
                    "proof/network/service",
                    "proof/network/node-port",
                    "proof/network/policy/ingress",
                    "proof/network/policy/egress",
                    "proof/dns/cluster",
                    "proof/dns/upstream");
            pairsWith("n5").forEach(red::add);
            return red;
        }

        @Override
        Map<String, String> evidence() {
            Map<String, String> words = new TreeMap<>(Map.of("proof/nodes/ready@n5", "kubelet on n5 is inactive"));
            certain().forEach(proof -> words.putIfAbsent(proof, "n5"));
            return words;
        }
    },

    VXLAN_DROPPED {
        @Override
        void make() throws Exception {
            on(
                    "n5",
                    "nft 'add table inet vxlanfault; add chain inet vxlanfault in { type filter hook input priority -300; };"
                            + " add chain inet vxlanfault out { type filter hook output priority -300; };"
                            + " add rule inet vxlanfault in udp dport 4789 drop;"
                            + " add rule inet vxlanfault out udp dport 4789 drop'");
        }

        @Override
        void cure() throws Exception {
            on("n5", "nft delete table inet vxlanfault");
        }

        @Override
        Set<String> certain() {
            Set<String> red = at("n5", "proof/network/vxlan", "proof/network/service");
            pairsWith("n5").forEach(red::add);
            return red;
        }

        /** Where CoreDNS runs is the scheduler's choice: a pod on n5 may have to cross the network for an answer. */
        @Override
        Set<String> possible() {
            return at("n5", "proof/dns/cluster", "proof/dns/upstream");
        }

        @Override
        Map<String, String> evidence() {
            return Map.of("proof/network/vxlan@n5", "drops UDP 4789");
        }
    },

    KUBE_VIP_REMOVED {
        @Override
        void make() throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, "mv /etc/kubernetes/manifests/kube-vip.yaml /root/kube-vip.yaml.away");
            }
            // The kubelet ends the pods, and the address goes with the last of them.
            for (String host : CONTROL_PLANES) {
                on(host, "for i in $(seq 60); do ip -4 address | grep -q 10.77.0.200 || exit 0; sleep 1; done; exit 1");
            }
        }

        @Override
        void cure() throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, "mv /root/kube-vip.yaml.away /etc/kubernetes/manifests/kube-vip.yaml");
            }
        }

        @Override
        Set<String> certain() {
            Set<String> red = new TreeSet<>(Set.of("proof/endpoint/vip@cluster"));
            CONTROL_PLANES.forEach(host -> red.add("proof/control-plane/kube-vip@" + host));
            HOSTS.forEach(host -> red.add("proof/endpoint/vip@" + host));
            return red;
        }

        @Override
        Map<String, String> evidence() {
            Map<String, String> words = new TreeMap<>();
            CONTROL_PLANES.forEach(
                    host -> words.put("proof/control-plane/kube-vip@" + host, "kube-vip.yaml is not on " + host));
            HOSTS.forEach(host -> words.put("proof/endpoint/vip@" + host, "10.77.0.200"));
            return words;
        }
    };

    abstract void make() throws Exception;

    abstract void cure() throws Exception;

    /** Proofs that are red whenever the fault is there. */
    abstract Set<String> certain();

    /** Proofs that may be red as well, for a reason that is said there. */
    Set<String> possible() {
        return Set.of();
    }

    /** Words of the evidence, by proof. */
    abstract Map<String, String> evidence();

    private static void on(String host, String command) throws Exception {
        RealCluster.on(host, command).done();
    }

    private static Set<String> at(String node, String... paths) {
        Set<String> proofs = new TreeSet<>();
        List.of(paths).forEach(path -> proofs.add(path + "@" + node));
        return proofs;
    }

    private static Stream<String> pairsWith(String node) {
        return HOSTS.stream()
                .filter(other -> !other.equals(node))
                .flatMap(other -> Stream.of(
                        "proof/network/pod-to-pod@" + node + ">" + other,
                        "proof/network/pod-to-pod@" + other + ">" + node));
    }
}
