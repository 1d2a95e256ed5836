package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.on;
import static io.kubewright.cli.Red.all;
import static io.kubewright.cli.Red.at;
import static io.kubewright.cli.Red.naming;
import static io.kubewright.cli.Red.withoutPods;

import java.util.Map;
import java.util.Set;

/** Faults of one host and its kubelet. */
enum NodeFault implements Fault {
    KUBELET_STOPPED {
        @Override
        public String what() {
            return "the kubelet of a worker is stopped";
        }

        @Override
        public void make(String node) throws Exception {
            on(node, "systemctl stop kubelet").done();
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, "systemctl start kubelet").done();
        }

        @Override
        public Set<String> certain(String node) {
            return all(at(node, "proof/nodes/ready", "proof/kubelet/certificate"), withoutPods(node));
        }

        @Override
        public Set<String> possible(String node) {
            return Set.of("proof/dns/spread@cluster");
        }

        @Override
        public String reason() {
            return "a pod of CoreDNS runs there: after 50 s the node's pods count as not ready";
        }

        @Override
        public Map<String, String> evidence(String node) {
            return naming(
                    node, certain(node), Map.of("proof/nodes/ready@" + node, "kubelet on " + node + " is inactive"));
        }
    },

    /** The host keeps its old address beside the new one, or nobody could log in to cure it. */
    ADDRESS_CHANGED {
        private static final String UNIT = "/run/systemd/system/kubelet.service.d/99-address.conf";

        @Override
        public String what() {
            return "the address of a worker has changed: its kubelet reports another one, and Calico follows it";
        }

        @Override
        public void make(String node) throws Exception {
            on(node, "ip address add " + changed(node) + "/24 dev eth0").done();
            on(
                            node,
                            "mkdir -p $(dirname " + UNIT + ") && printf '[Service]\\nEnvironment=\"%s\"\\n'"
                                    + " KUBELET_EXTRA_ARGS=--node-ip=" + changed(node) + " >" + UNIT
                                    + " && systemctl daemon-reload && systemctl restart kubelet")
                    .done();
            // calico-node looks at its node once a minute.
            for (String host : HOSTS) {
                on(host, RealCluster.within(120, followed(host, node, changed(node))))
                        .done();
            }
        }

        @Override
        public void cure(String node) throws Exception {
            on(node, "rm -f " + UNIT + " && systemctl daemon-reload && systemctl restart kubelet")
                    .done();
            for (String host : HOSTS) {
                on(host, RealCluster.within(120, followed(host, node, address(node))));
            }
            on(
                            node,
                            "ip address delete " + changed(node) + "/24 dev eth0 2>/dev/null;"
                                    + " ! ip address show dev eth0 | grep -q ' " + changed(node) + "/'")
                    .done();
        }

        /** The host encapsulates for the node under this address. */
        private static String followed(String host, String node, String address) {
            return host.equals(node)
                    ? "ip -details link show vxlan.calico | grep -q ' local " + address + " '"
                    : "bridge fdb show dev vxlan.calico | grep -q ' dst " + address + " '";
        }

        private static String address(String node) {
            return "10.77.0.1" + node.substring(1);
        }

        private static String changed(String node) {
            return "10.77.0.11" + node.substring(1);
        }

        @Override
        public Set<String> certain(String node) {
            return at(node, "proof/nodes/ready");
        }

        @Override
        public Map<String, String> evidence(String node) {
            return Map.of(
                    "proof/nodes/ready@" + node,
                    "the kubelet on " + node + " reports the address " + changed(node) + ", the file says "
                            + address(node));
        }
    };

    @Override
    public String example() {
        return "n5";
    }
}
