package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.CONTROL_PLANES;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.WORKERS;
import static io.kubewright.cli.RealCluster.kubectl;
import static io.kubewright.cli.RealCluster.on;
import static io.kubewright.cli.Red.all;
import static io.kubewright.cli.Red.at;
import static io.kubewright.cli.Red.atEach;
import static io.kubewright.cli.Red.naming;
import static io.kubewright.cli.Red.withoutPods;

import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Faults of control planes. */
enum ControlPlaneFault implements Fault {
    API_SERVER_STOPPED {
        @Override
        public String what() {
            return "the API server of one control plane is stopped";
        }

        @Override
        public String node() throws Exception {
            return quiet();
        }

        @Override
        public void make(String node) throws Exception {
            on(node, away("kube-apiserver")).done();
            awaitSilent(node);
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, back("kube-apiserver")).done();
        }

        /** kubeadm has the kubelet of a control plane use the API server there. */
        @Override
        public Set<String> certain(String node) {
            return all(
                    at(
                            node,
                            "proof/control-plane/kube-apiserver",
                            "proof/endpoint/api",
                            "proof/audit",
                            "proof/nodes/ready"),
                    withoutPods(node));
        }

        @Override
        public Set<String> possible(String node) {
            return leadersAt(node);
        }

        @Override
        public String reason() {
            return OF_LEADERS;
        }

        @Override
        public Map<String, String> evidence(String node) {
            return naming(
                    node,
                    certain(node),
                    Map.of(
                            "proof/control-plane/kube-apiserver@" + node,
                            "/etc/kubernetes/manifests/kube-apiserver.yaml is not on " + node,
                            "proof/endpoint/api@" + node,
                            "kube-apiserver on " + node + " does not answer",
                            "proof/nodes/ready@" + node,
                            "node " + node + " is not Ready"));
        }
    },

    KUBE_VIP_REMOVED {
        @Override
        public String what() {
            return "kube-vip is removed from all control planes";
        }

        @Override
        public String example() {
            return StepId.CLUSTER;
        }

        @Override
        public void make(String node) throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, away("kube-vip")).done();
            }
            // The kubelet ends the pods, and the address goes with the last of them.
            for (String host : CONTROL_PLANES) {
                on(host, RealCluster.within(60, "! ip -4 address | grep -q ' 10.77.0.200/'"))
                        .done();
            }
        }

        @Override
        public void cure(String node) throws Exception {
            for (String host : CONTROL_PLANES) {
                on(host, back("kube-vip")).done();
            }
        }

        /**
         * Whoever reaches the API through the address is cut off: kubelets of workers, which start no proof pods, and
         * kube-proxy on every node, which does not hear of the proofs' new services.
         */
        @Override
        public Set<String> certain(String node) {
            return all(
                    Set.of("proof/endpoint/vip@cluster", "proof/control-plane/kube-vip@cluster"),
                    atEach(CONTROL_PLANES, "proof/control-plane/kube-vip"),
                    atEach(HOSTS, "proof/endpoint/vip", "proof/network/service", "proof/network/node-port"),
                    WORKERS.stream().map(Red::withoutPods).reduce(Set.of(), Red::all));
        }

        @Override
        public Set<String> possible(String node) {
            return all(Set.of("proof/dns/spread@cluster"), atEach(WORKERS, "proof/nodes/ready"));
        }

        @Override
        public String reason() {
            return "after 50 s the workers count as not ready, with the pods of CoreDNS there";
        }

        @Override
        public Map<String, String> evidence(String node) {
            Map<String, String> words = new TreeMap<>();
            CONTROL_PLANES.forEach(
                    host -> words.put("proof/control-plane/kube-vip@" + host, "kube-vip.yaml is not on " + host));
            HOSTS.forEach(host -> words.put(
                    "proof/endpoint/vip@" + host, "the endpoint 10.77.0.200:6443 does not answer host " + host));
            words.put("proof/endpoint/vip@cluster", "no host holds 10.77.0.200 (kube-vip on the control planes)");
            return words;
        }
    },

    ETCD_PEERS_BLOCKED {
        @Override
        public String what() {
            return "a control plane drops TCP 2380, on which members of etcd talk";
        }

        @Override
        public String node() throws Exception {
            return quiet();
        }

        /**
         * Whoever is connected to the API server there sees an old world, on whatever node, until the kubelet ends that
         * API server because it has no etcd.
         */
        @Override
        public void make(String node) throws Exception {
            String running = "crictl ps --quiet --state Running --name '^kube-apiserver$'";
            String before = on(node, running).done().out().strip();
            on(node, NetworkFault.dropping("etcd", "tcp dport 2380", "tcp sport 2380"))
                    .done();
            on(node, RealCluster.within(240, "[ \"$(" + running + ")\" != " + Shell.quote(before) + " ]"))
                    .done();
            awaitSilent(node);
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, NetworkFault.letting("etcd")).done();
        }

        @Override
        public Set<String> certain(String node) {
            return all(
                    at(node, "proof/etcd/health", "proof/etcd/members", "proof/endpoint/api", "proof/nodes/ready"),
                    withoutPods(node));
        }

        @Override
        public Set<String> possible(String node) {
            return all(at(node, "proof/control-plane/kube-apiserver", "proof/audit"), leadersAt(node));
        }

        @Override
        public String reason() {
            return "the API server, which the kubelet starts again and again, is looked at between two starts; "
                    + OF_LEADERS;
        }

        @Override
        public Map<String, String> evidence(String node) {
            return naming(
                    node,
                    certain(node),
                    Map.of(
                            "proof/etcd/health@" + node,
                            "etcd on " + node
                                    + " knows no leader: it does not reach most of the other members (TCP 2380)",
                            "proof/etcd/members@" + node,
                            "etcd on " + node + " does not list its members",
                            "proof/endpoint/api@" + node,
                            "kube-apiserver on " + node,
                            "proof/nodes/ready@" + node,
                            "node " + node + " is not Ready"));
        }
    },

    /** The same key, names and issuer; only the end is another one. */
    CERTIFICATE_NEAR_ITS_END {
        private static final String KEPT = "/root/kubewright-fault-apiserver.crt";
        private static final String WORK = "/root/kubewright-fault";

        @Override
        public String what() {
            return "a certificate of an API server ends in 7 days";
        }

        @Override
        public void make(String node) throws Exception {
            on(node, """
                    set -eu
                    cd /etc/kubernetes/pki
                    mkdir -p %2$s
                    cp -p apiserver.crt %2$s/kept
                    openssl x509 -in apiserver.crt -x509toreq -copy_extensions copyall -signkey apiserver.key -out %2$s/request
                    openssl x509 -req -in %2$s/request -copy_extensions copyall -CA ca.crt -CAkey ca.key -days 7 \\
                        -set_serial "0x$(openssl rand -hex 8)" -out %2$s/ending
                    chmod 644 %2$s/ending
                    mv %2$s/kept %1$s
                    mv %2$s/ending apiserver.crt
                    """.formatted(KEPT, WORK)).done();
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, "rm -rf " + WORK + "; [ ! -e " + KEPT + " ] || mv " + KEPT + " /etc/kubernetes/pki/apiserver.crt")
                    .done();
        }

        @Override
        public Set<String> certain(String node) {
            return at(node, "proof/certificates");
        }

        @Override
        public Map<String, String> evidence(String node) {
            return Map.of(
                    "proof/certificates@" + node, "/etc/kubernetes/pki/apiserver.crt on " + node + " ends in 6 days");
        }
    },

    /** As an API server without encryption at rest would have written it. */
    SECRET_READABLE {
        private static final String KEY = "/registry/secrets/default/kubewright-fault";

        private static final String SECRET = """
                {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"word": "cmVhZGFibGU="}, "metadata":
                {"name": "kubewright-fault", "namespace": "default", "uid": "9b1c6f0e-53f0-4d6e-8a52-6f6b75626577",
                "creationTimestamp": "2026-01-01T00:00:00Z"}}
                """;

        @Override
        public String what() {
            return "a Secret lies in etcd so that everybody who has the disk can read it";
        }

        @Override
        public void make(String node) throws Exception {
            on(node, etcdctl("put", KEY, SECRET)).done();
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, etcdctl("del", KEY)).done();
        }

        private static String etcdctl(String... arguments) {
            return "crictl exec --sync $(crictl ps --quiet --state Running"
                    + " --label io.kubernetes.pod.namespace=kube-system --name '^etcd$' | head -n 1) etcdctl"
                    + " --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt"
                    + " --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt"
                    + " --key /etc/kubernetes/pki/etcd/healthcheck-client.key " + Shell.words(arguments);
        }

        @Override
        public Set<String> certain(String node) {
            return Set.of("proof/etcd/secrets@cluster");
        }

        @Override
        public Map<String, String> evidence(String node) {
            return Map.of("proof/etcd/secrets@cluster", "default/kubewright-fault");
        }
    };

    private static final String OF_LEADERS =
            "what led there ends, and is looked at before it runs again; CoreDNS ran there";

    @Override
    public String example() {
        return "n3";
    }

    /** What ends when it leads and loses its API server, and what no longer counts as ready with the node. */
    private static Set<String> leadersAt(String node) {
        return all(
                Set.of("proof/dns/spread@cluster"),
                at(
                        node,
                        "proof/control-plane/kube-controller-manager",
                        "proof/control-plane/kube-scheduler",
                        "proof/control-plane/kube-vip"));
    }

    /**
     * The control plane that the least depends on: the virtual address counts most, then CoreDNS, then who leads. Not the
     * first one while there is a choice: it is the one that kubectl asks.
     */
    private static String quiet() throws Exception {
        List<String> dns = NetworkFault.nodesWithDns();
        List<String> leaders = holders("kube-controller-manager", "kube-scheduler");
        List<String> address = holders("plndr-cp-lock");
        return CONTROL_PLANES.reversed().stream()
                .min(Comparator.comparingInt(host -> (address.contains(host) ? 4 : 0)
                        + (dns.contains(host) ? 2 : 0)
                        + (leaders.contains(host) ? 1 : 0)))
                .orElseThrow();
    }

    /** Who holds the leases: a host's name, which an underscore and a random part may follow. */
    private static List<String> holders(String... leases) throws Exception {
        String[] words = {"--namespace", "kube-system", "get", "leases", "--output", "jsonpath={..holderIdentity}"};
        return Stream.of(kubectl(Stream.concat(Stream.of(words), Stream.of(leases))
                                .toArray(String[]::new))
                        .done()
                        .out()
                        .split(" "))
                .map(holder -> holder.replaceFirst("_.*", ""))
                .toList();
    }

    private static void awaitSilent(String node) throws Exception {
        kubectl("wait", "--for=condition=Ready=Unknown", "node/" + node, "--timeout=180s")
                .done();
    }

    private static String away(String component) {
        return "mv /etc/kubernetes/manifests/" + component + ".yaml /root/" + component + ".yaml.away";
    }

    private static String back(String component) {
        return "[ ! -e /root/" + component + ".yaml.away ] || mv /root/" + component
                + ".yaml.away /etc/kubernetes/manifests/" + component + ".yaml";
    }
}
