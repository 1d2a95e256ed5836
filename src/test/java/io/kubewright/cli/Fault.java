package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.CONTROL_PLANES;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.WORKERS;

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
        void make(String node) throws Exception {
            on(node, "systemctl stop kubelet");
        }

        @Override
        void cure(String node) throws Exception {
            on(node, "systemctl start kubelet");
        }

        @Override
        Set<String> certain(String node) {
            Set<String> red = at(
                    node,
                    "proof/nodes/ready",
                    "proof/network/vxlan",
                    "proof/network/service",
                    "proof/network/node-port",
                    "proof/network/policy/ingress",
                    "proof/network/policy/egress",
                    "proof/dns/cluster",
                    "proof/dns/upstream");
            pairsWith(node).forEach(red::add);
            return red;
        }

        /** After 40 s the node's pods count as not ready, a pod of CoreDNS among them if there is one. */
        @Override
        Set<String> possible(String node) {
            return Set.of("proof/dns/spread@cluster");
        }

        @Override
        Map<String, String> evidence(String node) {
            Map<String, String> words =
                    new TreeMap<>(Map.of("proof/nodes/ready@" + node, "kubelet on " + node + " is inactive"));
            certain(node).forEach(proof -> words.putIfAbsent(proof, node));
            return words;
        }
    },

    VXLAN_DROPPED {
        @Override
        void make(String node) throws Exception {
            on(
                    node,
                    "nft 'add table inet vxlanfault; add chain inet vxlanfault in { type filter hook input priority -300; };"
                            + " add chain inet vxlanfault out { type filter hook output priority -300; };"
                            + " add rule inet vxlanfault in udp dport 4789 drop;"
                            + " add rule inet vxlanfault out udp dport 4789 drop'");
        }

        @Override
        void cure(String node) throws Exception {
            on(node, "nft delete table inet vxlanfault");
        }

        @Override
        Set<String> certain(String node) {
            Set<String> red =
                    at(node, "proof/network/vxlan", "proof/network/service", "proof/dns/cluster", "proof/dns/upstream");
            pairsWith(node).forEach(red::add);
            return red;
        }

        /** Without CoreDNS, or every query of another node might go to the one that cannot answer. */
        @Override
        String node() throws Exception {
            List<String> dns = List.of(RealCluster.program(
                            "lab",
                            "kubectl",
                            "--",
                            "-n",
                            "kube-system",
                            "get",
                            "pods",
                            "-l",
                            "k8s-app=kube-dns",
                            "-o",
                            "jsonpath={.items[*].spec.nodeName}")
                    .done()
                    .out()
                    .split(" "));
            return HOSTS.reversed().stream()
                    .filter(host -> !dns.contains(host))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        Map<String, String> evidence(String node) {
            return Map.of("proof/network/vxlan@" + node, "drops UDP 4789");
        }
    },

    /** As from the time before the encryption: the API server takes JSON in etcd as well as its own format. */
    SECRET_READABLE {
        private static final String NAME = "kubewright-fault";

        @Override
        void make(String node) throws Exception {
            on(
                    CONTROL_PLANES.getFirst(),
                    etcdctl("put /registry/secrets/default/" + NAME
                            + " '{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"Opaque\",\"metadata\":{\"name\":\""
                            + NAME
                            + "\",\"namespace\":\"default\"}}'"));
        }

        @Override
        void cure(String node) throws Exception {
            on(CONTROL_PLANES.getFirst(), etcdctl("del /registry/secrets/default/" + NAME));
        }

        private static String etcdctl(String command) {
            return "crictl exec --sync $(crictl ps --quiet --state Running --name '^etcd$' | head -n 1) etcdctl"
                    + " --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt"
                    + " --key /etc/kubernetes/pki/etcd/healthcheck-client.key " + command;
        }

        @Override
        Set<String> certain(String node) {
            return Set.of("proof/etcd/secrets@cluster");
        }

        @Override
        Map<String, String> evidence(String node) {
            return Map.of("proof/etcd/secrets@cluster", "default/" + NAME);
        }
    },

    KUBE_VIP_REMOVED {
        @Override
        void make(String node) throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, "mv /etc/kubernetes/manifests/kube-vip.yaml /root/kube-vip.yaml.away");
            }
            // The kubelet ends the pods, and the address goes with the last of them.
            for (String host : CONTROL_PLANES) {
                on(host, "for i in $(seq 60); do ip -4 address | grep -q 10.77.0.200 || exit 0; sleep 1; done; exit 1");
            }
        }

        @Override
        void cure(String node) throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, "mv /root/kube-vip.yaml.away /etc/kubernetes/manifests/kube-vip.yaml");
            }
        }

        /**
         * Whoever reaches the API through the address is cut off: kubelets of workers, which start no proof pods, and
         * kube-proxy on every node, which does not hear of the proofs' new services.
         */
        @Override
        Set<String> certain(String node) {
            Set<String> red =
                    new TreeSet<>(Set.of("proof/endpoint/vip@cluster", "proof/control-plane/kube-vip@cluster"));
            CONTROL_PLANES.forEach(host -> red.add("proof/control-plane/kube-vip@" + host));
            HOSTS.forEach(host ->
                    red.addAll(at(host, "proof/endpoint/vip", "proof/network/service", "proof/network/node-port")));
            WORKERS.forEach(worker -> {
                red.addAll(at(
                        worker,
                        "proof/network/vxlan",
                        "proof/network/policy/ingress",
                        "proof/network/policy/egress",
                        "proof/dns/cluster",
                        "proof/dns/upstream"));
                pairsWith(worker).forEach(red::add);
            });
            return red;
        }

        /** From 40 s on the workers count as not ready, with what runs there. */
        @Override
        Set<String> possible(String node) {
            Set<String> red = new TreeSet<>(Set.of("proof/dns/spread@cluster"));
            WORKERS.forEach(worker -> red.add("proof/nodes/ready@" + worker));
            return red;
        }

        @Override
        Map<String, String> evidence(String node) {
            Map<String, String> words = new TreeMap<>();
            CONTROL_PLANES.forEach(
                    host -> words.put("proof/control-plane/kube-vip@" + host, "kube-vip.yaml is not on " + host));
            HOSTS.forEach(host -> words.put("proof/endpoint/vip@" + host, "10.77.0.200"));
            return words;
        }
    };

    /** The node that suffers. */
    String node() throws Exception {
        return "n5";
    }

    abstract void make(String node) throws Exception;

    abstract void cure(String node) throws Exception;

    /** Proofs that are red whenever the fault is there. */
    abstract Set<String> certain(String node);

    /** Proofs that may be red as well, for a reason that is said there. */
    Set<String> possible(String node) {
        return Set.of();
    }

    /** Words of the evidence, by proof. */
    abstract Map<String, String> evidence(String node);

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
