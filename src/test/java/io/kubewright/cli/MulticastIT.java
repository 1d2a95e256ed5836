package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.FILE;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubectl;
import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static io.kubewright.cli.RealCluster.program;
import static io.kubewright.cli.Red.all;
import static io.kubewright.cli.Red.at;
import static io.kubewright.cli.Red.atEach;
import static io.kubewright.cli.Red.pairsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.RealBundle;
import io.kubewright.spec.IpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Pods with a second interface on the hosts' network; where it is asked for, since it is heavy for two processors.
 * {@code -Dkubewright.multicast=pairs} attaches all hosts, exchanges multicast, has one fault by chance, and detaches them;
 * {@code =faults} makes all faults, {@code =all} also cuts the power of a host with pods and reboots all hosts.
 */
@EnabledIfSystemProperty(named = "kubewright.multicast", matches = "pairs|faults|all")
@ExtendWith(RealCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(Integer.MAX_VALUE - 4)
class MulticastIT {
    private static final boolean ALL = "all".equals(System.getProperty("kubewright.multicast"));
    private static final boolean FAULTS = ALL || "faults".equals(System.getProperty("kubewright.multicast"));
    private static final String WIRE = "proof/multicast/media/wire/";
    private static final int CROWD = 30;

    @TempDir
    private static Path temporary;

    private static String file = "";

    private record Seen(Map<String, String> red, Map<String, String> green) {
        static Seen of(String file, String only) {
            RealCluster.Result verify = kubewright("verify", "--json", "--only", only, "-f", file);
            Map<String, String> red = new TreeMap<>();
            Map<String, String> green = new TreeMap<>();
            for (JsonNode proof : verify.json().path("proofs")) {
                (proof.path("ok").asBoolean() ? green : red)
                        .put(
                                proof.path("path").asString() + "@"
                                        + proof.path("target").asString(),
                                proof.path("evidence").asString());
            }
            assertThat(verify.code()).as(verify.err()).isEqualTo(red.isEmpty() ? 0 : 2);
            return new Seen(red, green);
        }
    }

    @BeforeAll
    static void attaches() throws Exception {
        file = AttachedLab.file(temporary);
        kubewright("apply", "--yes", "-f", file).done();
    }

    /** What left the file is taken back. */
    @AfterAll
    static void detaches() throws Exception {
        if (file.isEmpty()) {
            return;
        }
        kubewright("apply", "--yes", "-f", FILE).done();
        assertThat(kubewright("plan", "-f", FILE).code()).isZero();
        for (String host : HOSTS) {
            assertThat(on(
                                    host,
                                    "ls -d /etc/cni/multus /etc/cni/net.d/*multus* /etc/cni/net.d/whereabouts.d /opt/cni/bin/multus-shim"
                                            + " /opt/cni/bin/whereabouts /run/multus /var/lib/cni/multus 2>/dev/null")
                            .out())
                    .as("left on %s", host)
                    .isEmpty();
        }
        RealCluster.awaitGreen();
    }

    @Test
    @Order(1)
    void everyOrderedPairOfHostsExchangesMulticast() {
        Seen seen = Seen.of(file, "proof/multicast*");

        assertThat(seen.red()).isEmpty();
        Set<String> pairs = HOSTS.stream()
                .flatMap(host -> pairsWith(host, "proof/multicast/media/multicast/pairs").stream())
                .collect(Collectors.toSet());
        assertThat(pairs).hasSize(20);
        assertThat(seen.green().keySet()).containsAll(pairs);
        pairs.forEach(
                pair -> assertThat(seen.green().get(pair)).containsPattern("\\d+ of 12 to 239\\.255\\.77\\.\\d+"));
        seen.green().forEach((proof, evidence) -> System.out.println(proof + ": " + evidence));
    }

    @Test
    @Order(2)
    void linksMayHaveOtherNamesAndWhatIsWrongWithThemIsFound() throws Exception {
        String wired = withWire();
        try (Wire _ = Wire.laid()) {
            kubewright("apply", "--yes", "-f", wired).done();
            assertThat(on(Wire.ODD, "cat /etc/cni/multus/net.d/wire.conflist")
                            .done()
                            .out())
                    .contains("\"lan0\"");
            assertThat(Seen.of(wired, "proof/multicast/media/wire*").red()).isEmpty();
            assertThat(kubewright("plan", "-f", wired).code()).isZero();
            for (Wire.Fault fault : faults()) {
                showsInItsProofs(wired, fault, "n3");
            }
            assertThat(Seen.of(wired, "proof/multicast/media/wire*").red()).isEmpty();
            kubewright("apply", "--yes", "-f", file).done();
        }
        assertThat(kubewright("plan", "-f", file).code()).isZero();
        assertThat(on(Wire.ODD, "ls /etc/cni/multus/net.d").out()).doesNotContain("wire");
    }

    private static List<Wire.Fault> faults() {
        long seed = Long.getLong("kubewright.multicast.seed", System.nanoTime());
        Wire.Fault one = Wire.Fault.values()[new Random(seed).nextInt(Wire.Fault.values().length)];
        System.out.println("kubewright.multicast.seed=" + seed + ": " + one);
        return FAULTS ? List.of(Wire.Fault.values()) : List.of(one);
    }

    private static void showsInItsProofs(String wired, Wire.Fault fault, String host) throws Exception {
        Seen seen;
        try {
            fault.make(host);
            seen = Seen.of(wired, "proof/multicast*");
        } finally {
            fault.cure(host);
        }
        System.out.println(fault + " at " + host + ": " + seen.red());
        assertThat(seen.red().keySet()).as("%s", fault).isEqualTo(red(fault, host));
        String evidence = seen.red().toString();
        switch (fault) {
            case LINK_DOWN, NO_CARRIER ->
                assertThat(evidence).contains("net1 of the pod on " + host + " has no carrier");
            case PORT_SECURITY -> assertThat(evidence).contains("does not arrive either");
            case GROUPS_DROPPED -> assertThat(evidence).contains("IGMP snooping");
        }
    }

    private static Set<String> red(Wire.Fault fault, String host) {
        return switch (fault) {
            case LINK_DOWN, NO_CARRIER ->
                all(
                        at(host, WIRE + "attached", WIRE + "membership"),
                        pairsWith(host, WIRE + "pairs", WIRE + "unicast"));
            case PORT_SECURITY ->
                all(
                        pairsWith(host, WIRE + "unicast"),
                        HOSTS.stream()
                                .filter(other -> !other.equals(host))
                                .map(other -> WIRE + "pairs@" + host + ">" + other)
                                .collect(Collectors.toSet()));
            case GROUPS_DROPPED ->
                all(
                        atEach(HOSTS, WIRE + "membership"),
                        HOSTS.stream()
                                .map(other -> pairsWith(other, WIRE + "pairs"))
                                .reduce(Set.of(), Red::all));
        };
    }

    private String withWire() throws Exception {
        String text = Files.readString(Path.of(file));
        assertThat(text).contains("network:\n  attachments:\n");
        return Files.writeString(
                        temporary.resolve("wire.yaml"),
                        text.replace("network:\n  attachments:\n", """
                        network:
                          attachments:
                            - name: wire
                              namespace: media
                              type: macvlan
                              master: {network: %s}
                              ipam: {type: whereabouts, range: 10.79.0.100-10.79.0.199/24}
                        """.formatted(Wire.NETWORK)))
                .toString();
    }

    /** What docs/how-to/multicast.md says one should know. */
    @Test
    @Order(3)
    void policiesDoNotCoverItAndAPodDoesNotReachItsOwnHost() throws Exception {
        String image =
                RealBundle.get().image("probe", Architecture.ofThisMachine()).ref();
        StringBuilder manifest = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: closed, namespace: media}
                spec: {podSelector: {}, policyTypes: [Ingress]}
                """);
        for (String host : RealCluster.WORKERS) {
            manifest.append("""
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: on-%1$s, namespace: media, annotations: {k8s.v1.cni.cncf.io/networks: multicast}}
                    spec:
                      nodeName: %1$s
                      terminationGracePeriodSeconds: 0
                      containers:
                        - name: probe
                          image: "%2$s"
                          imagePullPolicy: Never
                          command: [/kubewright-probe, serve, --deadline, "0", --tcp, ":7070"]
                    """.formatted(host, image));
        }
        String file =
                Files.writeString(temporary.resolve("closed.yaml"), manifest).toString();
        kubectl("apply", "-f", file).done();
        try {
            kubectl("-n", "media", "wait", "--for=condition=Ready", "pod/on-n4", "pod/on-n5", "--timeout=120s")
                    .done();
            String overEth0 = kubectl("-n", "media", "get", "pod", "on-n5", "-o", "jsonpath={.status.podIP}")
                    .done()
                    .out()
                    .strip();
            String overNet1 = attached(
                            kubectl("-n", "media", "get", "pod", "on-n5", "-o", "jsonpath={.metadata.annotations}")
                                    .done()
                                    .out())
                    .getFirst()
                    .toString();

            assertThat(reached("on-n4", overEth0 + ":7070"))
                    .as("over eth0, which the policy closes")
                    .isFalse();
            assertThat(reached("on-n4", overNet1 + ":7070"))
                    .as("over net1, which no policy covers")
                    .isTrue();
            assertThat(reached("on-n4", "10.77.0.15:22")).as("another host").isTrue();
            assertThat(reached("on-n4", "10.77.0.14:22")).as("its own host").isFalse();
        } finally {
            kubectl("delete", "-f", file, "--wait", "--ignore-not-found").done();
        }
    }

    private static boolean reached(String pod, String address) throws Exception {
        return kubectl(
                                "-n",
                                "media",
                                "exec",
                                pod,
                                "--",
                                "/kubewright-probe",
                                "tcp-dial",
                                "--deadline",
                                "5s",
                                "--address",
                                address)
                        .code()
                == 0;
    }

    @Test
    @Order(4)
    void manyPodsHaveAddressesOfTheirOwnAndThoseOfADeadHostComeBack() throws Exception {
        String image =
                RealBundle.get().image("pause", Architecture.ofThisMachine()).ref();
        kubectl(
                        "apply",
                        "-f",
                        Files.writeString(temporary.resolve("crowd.yaml"), """
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: crowd, namespace: media}
                        spec:
                          replicas: %d
                          selector: {matchLabels: {app: crowd}}
                          template:
                            metadata:
                              labels: {app: crowd}
                              annotations: {k8s.v1.cni.cncf.io/networks: multicast}
                            spec:
                              terminationGracePeriodSeconds: 0
                              tolerations: [{operator: Exists}]
                              topologySpreadConstraints:
                                - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway,
                                   labelSelector: {matchLabels: {app: crowd}}}
                              containers: [{name: crowd, image: "%s", imagePullPolicy: Never}]
                        """.formatted(CROWD, image))
                                .toString())
                .done();
        try {
            kubectl("-n", "media", "rollout", "status", "deployment/crowd", "--timeout=180s")
                    .done();
            List<IpAddress> addresses = addresses();
            assertThat(addresses).hasSize(CROWD).doesNotHaveDuplicates();
            assertThat(addresses).allMatch(address -> !address.equals(IpAddress.parse("10.77.0.150")));
            if (ALL) {
                thoseOfADeadHostComeBack();
            }
        } finally {
            kubectl("-n", "media", "delete", "deployment", "crowd", "--wait", "--ignore-not-found")
                    .done();
        }
        noAddressOfThePodNetworkIsLost();
        if (ALL) {
            RealCluster.awaitGreen();
        }
    }

    /** Calico's books name the sandbox of each pod that has an address. */
    private static void noAddressOfThePodNetworkIsLost() throws Exception {
        Set<String> lost = Set.of("");
        for (int tries = 0; tries < 30 && !lost.isEmpty(); tries++) {
            Thread.sleep(2000);
            StringBuilder sandboxes = new StringBuilder();
            for (String host : HOSTS) {
                sandboxes.append(
                        on(host, "crictl pods --quiet --no-trunc").done().out());
            }
            lost = Stream.of(kubectl("get", "ipamhandles.crd.projectcalico.org", "-o", "name")
                            .done()
                            .out()
                            .split("\\s+"))
                    .filter(handle -> handle.contains("k8s-pod-network."))
                    .map(handle -> handle.substring(handle.lastIndexOf('.') + 1))
                    .filter(sandbox -> !sandboxes.toString().contains(sandbox))
                    .collect(Collectors.toSet());
        }
        assertThat(lost).as("sandboxes that are gone and have an address").isEmpty();
    }

    private static List<IpAddress> addresses() throws Exception {
        String states = kubectl(
                        "-n",
                        "media",
                        "get",
                        "pods",
                        "-l",
                        "app=crowd",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.annotations.k8s\\.v1\\.cni\\.cncf\\.io/network-status}"
                                + "{\"\\n\"}{end}")
                .done()
                .out();
        return attached(states);
    }

    /** Addresses on the attachment that annotations tell of; the pod network's are others. */
    private static List<IpAddress> attached(String annotations) {
        return Stream.of(annotations.split("[^0-9.]+"))
                .filter(word -> word.matches("10\\.77\\.0\\.\\d+"))
                .map(IpAddress::parse)
                .toList();
    }

    private static void thoseOfADeadHostComeBack() throws Exception {
        String host = "n5";
        Set<String> pods = new TreeSet<>(List.of(kubectl(
                        "-n",
                        "media",
                        "get",
                        "pods",
                        "-l",
                        "app=crowd",
                        "--field-selector",
                        "spec.nodeName=" + host,
                        "-o",
                        "jsonpath={.items[*].metadata.name}")
                .done()
                .out()
                .split(" ")));
        assertThat(pods).isNotEmpty();
        kubectl("-n", "media", "scale", "deployment", "crowd", "--replicas=" + (CROWD - pods.size()))
                .done();
        program("lab", "cut", host).done();
        try {
            Instant begin = Instant.now();
            for (String pod : pods) {
                kubectl("-n", "media", "delete", "pod", pod, "--force", "--ignore-not-found")
                        .done();
            }
            Set<String> held = held(pods);
            while (!held.isEmpty() && Duration.between(begin, Instant.now()).toSeconds() < 300) {
                Thread.sleep(5000);
                held = held(pods);
            }
            assertThat(held).as("addresses of pods that are gone").isEmpty();
            System.out.println(pods.size() + " addresses of " + host + " came back after "
                    + Duration.between(begin, Instant.now()).toSeconds() + " s");
        } finally {
            program("lab", "start", host).done();
        }
    }

    /** Of these pods, those that Whereabouts' books still name. */
    private static Set<String> held(Set<String> pods) throws Exception {
        String books = kubectl("-n", "kube-system", "get", "ippools.whereabouts.cni.cncf.io", "-o", "json")
                .out();
        return pods.stream().filter(books::contains).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @Order(5)
    void allIsThereAgainAfterAReboot() throws Exception {
        if (!ALL) {
            return;
        }
        for (String host : HOSTS) {
            program("lab", "reboot", host);
        }
        RealCluster.awaitGreen();
        assertThat(Seen.of(file, "proof/multicast*").red()).isEmpty();
        assertThat(kubewright("plan", "-f", file).code()).isZero();
    }
}
