package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubectl;
import static io.kubewright.cli.RealCluster.on;
import static io.kubewright.cli.Red.all;
import static io.kubewright.cli.Red.at;
import static io.kubewright.cli.Red.atEach;
import static io.kubewright.cli.Red.naming;
import static io.kubewright.cli.Red.pairsWith;

import io.kubewright.engine.StepId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Faults of the pod network and of names. */
enum NetworkFault implements Fault {
    VXLAN_DROPPED {
        @Override
        public String what() {
            return "a node drops UDP 4789 both ways";
        }

        @Override
        public String node() throws Exception {
            return withoutDns(HOSTS);
        }

        @Override
        public void make(String node) throws Exception {
            on(node, dropping("vxlan", "udp dport 4789")).done();
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, letting("vxlan")).done();
        }

        @Override
        public Set<String> certain(String node) {
            return all(
                    at(node, "proof/network/vxlan", "proof/network/service", "proof/dns/cluster", "proof/dns/upstream"),
                    pairsWith(node));
        }

        @Override
        public Map<String, String> evidence(String node) {
            return naming(node, certain(node), Map.of("proof/network/vxlan@" + node, "drops UDP 4789"));
        }
    },

    /** Pods still get their network, for the plugin and the routes stay; what is lost is everything calico-node enforces. */
    CALICO_NODE_GONE {
        private static final String OFF = """
                {"spec": {"updateStrategy": {"type": "OnDelete"}, "template": {"spec": {"affinity": {"nodeAffinity":
                {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions":
                [{"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["%s"]}]}]}}}}}}}
                """;

        private static final String ON = """
                {"spec": {"updateStrategy": {"type": "RollingUpdate"}, "template": {"spec": {"affinity": null}}}}
                """;

        /** A chain that is named while the others are kept is emptied, in one step and beside kube-proxy's own writing. */
        private static final String FLUSH = """
                set -eu
                for table in raw mangle nat filter; do
                    chains=$(iptables-save -t $table | sed -n 's/^:\\(cali-[^ ]*\\) .*/:\\1 - [0:0]/p')
                    printf '*%s\\n%s\\nCOMMIT\\n' "$table" "$chains" | iptables-restore --noflush
                done
                iptables-save | grep -q '^:cali-FORWARD '
                ! iptables-save | grep '^-A cali-'
                """;

        @Override
        public String what() {
            return "calico-node is kept off a node, and its chains are flushed";
        }

        /** CoreDNS there would ask the host's resolver from an address that nobody translates any more. */
        @Override
        public String node() throws Exception {
            return withoutDns(HOSTS);
        }

        @Override
        public void make(String node) throws Exception {
            patch(OFF.formatted(node));
            on(node, RealCluster.within(60, "[ -z \"$(crictl ps --quiet --name '^calico-node$')\" ]"))
                    .done();
            on(node, FLUSH).done();
        }

        /** The template becomes the one that the other nodes' pods have, so that none of them starts anew. */
        @Override
        public void cure(String node) throws Exception {
            patch(ON);
        }

        private static void patch(String change) throws Exception {
            kubectl(
                            "--namespace",
                            "kube-system",
                            "patch",
                            "daemonset",
                            "calico-node",
                            "--type",
                            "merge",
                            "--patch",
                            change)
                    .done();
        }

        @Override
        public Set<String> certain(String node) {
            return at(node, "proof/network/policy/ingress", "proof/network/policy/egress");
        }

        @Override
        public Map<String, String> evidence(String node) {
            String words = "calico-node on " + node + " does not enforce policies";
            return Map.of("proof/network/policy/ingress@" + node, words, "proof/network/policy/egress@" + node, words);
        }
    },

    COREDNS_AT_ZERO {
        /** As many as kubeadm makes. */
        private static final int USUAL = 2;

        @Override
        public String what() {
            return "CoreDNS is scaled to 0";
        }

        @Override
        public String example() {
            return StepId.CLUSTER;
        }

        @Override
        public void make(String node) throws Exception {
            scale(0);
            kubectl(
                            "--namespace",
                            "kube-system",
                            "wait",
                            "--for=delete",
                            "pod",
                            "--selector",
                            "k8s-app=kube-dns",
                            "--timeout=60s")
                    .done();
        }

        @Override
        public void cure(String node) throws Exception {
            scale(USUAL);
        }

        private static void scale(int replicas) throws Exception {
            kubectl("--namespace", "kube-system", "scale", "deployment", "coredns", "--replicas=" + replicas)
                    .done();
        }

        @Override
        public Set<String> certain(String node) {
            return all(Set.of("proof/dns/spread@cluster"), atEach(HOSTS, "proof/dns/cluster", "proof/dns/upstream"));
        }

        @Override
        public Map<String, String> evidence(String node) {
            Map<String, String> words = new TreeMap<>(
                    Map.of("proof/dns/spread@cluster", "CoreDNS (Deployment kube-system/coredns) is ready on no node"));
            for (String host : HOSTS) {
                words.put("proof/dns/cluster@" + host, "a pod on " + host + " gets no answer");
                words.put("proof/dns/upstream@" + host, "a pod on " + host + " gets no answer");
            }
            return words;
        }
    };

    @Override
    public String example() {
        return "n5";
    }

    /** Names of the nodes on which CoreDNS runs. */
    static List<String> nodesWithDns() throws Exception {
        return List.of(kubectl(
                        "--namespace",
                        "kube-system",
                        "get",
                        "pods",
                        "--selector",
                        "k8s-app=kube-dns",
                        "--output",
                        "jsonpath={.items[*].spec.nodeName}")
                .done()
                .out()
                .split(" "));
    }

    /** The last of the hosts on which CoreDNS does not run. */
    private static String withoutDns(List<String> hosts) throws Exception {
        List<String> dns = nodesWithDns();
        return hosts.reversed().stream()
                .filter(host -> !dns.contains(host))
                .findFirst()
                .orElseThrow();
    }

    /** A command that drops what matches any of the expressions, before any other rule and both ways. */
    static String dropping(String name, String... matches) {
        String table = "inet kubewright-fault-" + name;
        StringBuilder rules = new StringBuilder("add table " + table + ";");
        for (String hook : List.of("input", "output")) {
            rules.append(" add chain %s %s { type filter hook %s priority -300; };".formatted(table, hook, hook));
            for (String match : matches) {
                rules.append(" add rule %s %s %s drop;".formatted(table, hook, match));
            }
        }
        return "nft '" + rules + "'";
    }

    /** Takes that back; a table that is not there is made first, so that deleting it cannot fail. */
    static String letting(String name) {
        String table = "inet kubewright-fault-" + name;
        return "nft 'add table " + table + "; delete table " + table + "'";
    }
}
