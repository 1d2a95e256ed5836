package io.kubewright;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real faults in the standing lab's cluster: which proofs turn red, what they say, and that the cure makes all green. */
class VerifyFaultsIT {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> NODES = List.of("n1", "n2", "n3", "n4", "n5");
    private static final Duration CURE = Duration.ofMinutes(5);

    @BeforeAll
    static void needsTheLab() throws Exception {
        boolean stands =
                run(List.of("./kubewright", "lab", "status", "--json")).output().contains("n5");
        if (!stands && "true".equalsIgnoreCase(System.getenv("CI"))) {
            throw new AssertionError("no lab stands: run ./kubewright lab up");
        }
        Assumptions.assumeTrue(stands, "no lab stands: run ./kubewright lab up");
    }

    private record Ended(int code, String output) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("kubewright-it", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroy();
                throw new AssertionError(String.join(" ", command) + " did not end within 10 min");
            }
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private static void onHost(String host, String command) throws IOException, InterruptedException {
        Ended ended = run(List.of("./kubewright", "lab", "ssh", host, "--", command));
        assertThat(ended.code())
                .as("%s on %s: %s", command, host, ended.output())
                .isZero();
    }

    /** Evidence of what is red, by {@code path@target}. */
    private static Map<String, String> red() throws IOException, InterruptedException {
        Ended ended = run(List.of("./kubewright", "verify", "--json", "-f", "examples/lab.yaml"));
        JsonNode document = MAPPER.readTree(ended.output());
        Map<String, String> red = new TreeMap<>();
        int count = 0;
        for (JsonNode proof : document.path("proofs")) {
            count++;
            if (!proof.path("ok").asBoolean(true)) {
                red.put(
                        proof.path("path").asString("") + "@"
                                + proof.path("target").asString(""),
                        proof.path("evidence").asString(""));
            }
        }
        assertThat(count).isGreaterThanOrEqualTo(30);
        assertThat(ended.code()).isEqualTo(red.isEmpty() ? 0 : 2);
        return red;
    }

    /** Nodes and daemons need some time to come back after a cure. */
    private static void awaitGreen() throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(CURE);
        Map<String, String> red = red();
        while (!red.isEmpty() && Instant.now().isBefore(deadline)) {
            Thread.sleep(5000);
            red = red();
        }
        assertThat(red).isEmpty();
    }

    private static Stream<String> pairsWith(String node) {
        return NODES.stream()
                .filter(other -> !other.equals(node))
                .flatMap(other -> Stream.of(
                        "proof/network/pod-to-pod@" + node + ">" + other,
                        "proof/network/pod-to-pod@" + other + ">" + node));
    }

    private static Set<String> at(String node, String... paths) {
        return Arrays.stream(paths).map(path -> path + "@" + node).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aStoppedKubeletShowsAtItsNodeAlone() throws Exception {
        awaitGreen();
        onHost("n5", "systemctl stop kubelet");
        Map<String, String> red;
        try {
            red = red();
        } finally {
            onHost("n5", "systemctl start kubelet");
        }
        Set<String> expected = at(
                "n5",
                "proof/nodes/ready",
                "proof/network/vxlan",
                "proof/network/service",
                "proof/network/node-port",
                "proof/network/policy/ingress",
                "proof/network/policy/egress",
                "proof/dns/cluster",
                "proof/dns/upstream");
        pairsWith("n5").forEach(expected::add);
        assertThat(red.keySet()).isEqualTo(expected);
        assertThat(red.values()).allMatch(evidence -> evidence.contains("n5"));
        assertThat(red.get("proof/nodes/ready@n5")).contains("kubelet on n5 is inactive");
        awaitGreen();
    }

    @Test
    void droppedVxlanShowsInThePairsOfItsNode() throws Exception {
        awaitGreen();
        onHost(
                "n5",
                "nft 'add table inet vxlanfault; add chain inet vxlanfault in { type filter hook input priority -300; };"
                        + " add chain inet vxlanfault out { type filter hook output priority -300; };"
                        + " add rule inet vxlanfault in udp dport 4789 drop; add rule inet vxlanfault out udp dport 4789 drop'");
        Map<String, String> red;
        try {
            red = red();
        } finally {
            onHost("n5", "nft delete table inet vxlanfault");
        }
        Set<String> expected = at("n5", "proof/network/vxlan", "proof/network/service");
        pairsWith("n5").forEach(expected::add);
        assertThat(red.keySet()).containsAll(expected);
        // A pod on the node that cannot reach a CoreDNS elsewhere is red as well; where CoreDNS runs is the scheduler's
        // choice.
        Set<String> further = new TreeSet<>(red.keySet());
        further.removeAll(expected);
        assertThat(at("n5", "proof/dns/cluster", "proof/dns/upstream")).containsAll(further);
        assertThat(red.get("proof/network/vxlan@n5")).contains("n5").contains("drops UDP 4789");
        awaitGreen();
    }

    @Test
    void aVirtualAddressNobodyHoldsShowsFromEveryHost() throws Exception {
        awaitGreen();
        List<String> controlPlanes = NODES.subList(0, 3);
        for (String host : controlPlanes) {
            onHost(host, "mv /etc/kubernetes/manifests/kube-vip.yaml /root/kube-vip.yaml.away");
        }
        Map<String, String> red;
        try {
            // The kubelet ends the pods, and kube-vip gives the address up.
            Thread.sleep(15_000);
            red = red();
        } finally {
            for (String host : controlPlanes) {
                onHost(host, "mv /root/kube-vip.yaml.away /etc/kubernetes/manifests/kube-vip.yaml");
            }
        }
        for (String host : controlPlanes) {
            assertThat(red.get("proof/control-plane/kube-vip@" + host)).contains("kube-vip.yaml is not on " + host);
        }
        for (String host : NODES) {
            assertThat(red.get("proof/endpoint/vip@" + host))
                    .contains("10.77.0.200")
                    .contains("host " + host);
        }
        assertThat(red).containsKey("proof/endpoint/vip@cluster");
        assertThat(red.keySet())
                .noneMatch(path -> path.startsWith("proof/etcd") || path.startsWith("proof/endpoint/api"));
        awaitGreen();
    }
}
