package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import io.kubewright.lab.Lab;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A host with a kernel of its own: swap, modules, clock and kernel parameters that are really its, a real boot, and a
 * Kubernetes without any deviation. A machine holds one lab, so none may stand.
 *
 * <p>{@code -Dkubewright.machine=all} has it carry Kubernetes too, which takes half an hour in emulation; {@code =kubernetes} does
 * that alone.
 */
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VirtualMachineIT {
    private static final String HOST = "v1";
    private static final String GATEWAY = "10.78.0.1";

    @TempDir
    private static Path temporary;

    private static String file = "";
    private static Set<String> former = Set.of();

    @BeforeAll
    static void bringsOneUp() throws Exception {
        RealCluster.requireRoot();
        if (Lab.standing().isPresent()) {
            RealCluster.cannot("a lab stands on this machine: kubewright lab down");
        }
        RealBundle.get();
        file = Files.writeString(temporary.resolve("cluster.yaml"), """
                        apiVersion: kubewright.io/v1
                        kind: Cluster
                        metadata: {name: machine}
                        bundle: source
                        acceptUntested: [calico]
                        hosts:
                          - {name: v1, address: 10.78.0.11, roles: [control-plane]}
                        endpoint:
                          vip: 10.78.0.200
                        host:
                          time: {servers: [10.78.0.1]}
                        """).toString();
        kubewright("lab", "up", "--hosts-only", "--backend", "vm", "-f", file).done();
    }

    @AfterAll
    static void takesItAway() {
        if (!file.isEmpty()) {
            kubewright("lab", "down").done();
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(VirtualMachineIT.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String told(String command) throws Exception {
        return on(HOST, command).done().out().strip();
    }

    private static Set<String> state() throws Exception {
        return new TreeSet<>(told("python3 - <<'STATE'\n" + resource("whole-state.py") + "STATE")
                .lines()
                .toList());
    }

    @Test
    @Order(1)
    void isAServerThatDiffersInNothing() throws Exception {
        assertThat(Lab.standing().orElseThrow().deviations()).isEmpty();
        assertThat(told("uname -r")).contains("cloud").isNotEqualTo(System.getProperty("os.version"));
        assertThat(told("stat -fc %T /sys/fs/cgroup")).isEqualTo("cgroup2fs");
        assertThat(kubewright("plan", "-f", file).out()).doesNotContain("Deviations");
    }

    enum Way {
        PREPARED_AND_PUT_BACK,
        KUBERNETES
    }

    static List<Way> chosen() {
        return switch (System.getProperty("kubewright.machine", "prepared")) {
            case "all" -> List.of(Way.values());
            case "kubernetes" -> List.of(Way.KUBERNETES);
            default -> List.of(Way.PREPARED_AND_PUT_BACK);
        };
    }

    @ParameterizedTest
    @MethodSource("chosen")
    @Order(2)
    void isAsGoodAsAServer(Way way) throws Exception {
        switch (way) {
            case PREPARED_AND_PUT_BACK -> {
                isPreparedNowAndAtEveryBoot();
                isPutBackToTheByte();
            }
            case KUBERNETES -> carriesKubernetesWithoutAnyDeviation();
        }
    }

    private static void isPreparedNowAndAtEveryBoot() throws Exception {
        on(HOST, resource("wild.sh")).done();
        assertThat(told("sed 1d /proc/swaps").lines()).hasSize(3);
        String fstab = told("cat /etc/fstab");
        former = state();
        told("date -s '+40 minutes'");

        try (TimeServer server = TimeServer.on(GATEWAY)) {
            kubewright("apply", "--yes", "--only", "host", "-f", file).done();
        }

        isPrepared();
        assertThat(told("cat /etc/fstab"))
                .isEqualTo(
                        fstab.replace("/data/swapspace\tnone", "# switched off by kubewright: /data/swapspace\tnone"));
        Instant asked = Instant.now();
        Instant told = Instant.ofEpochSecond(Long.parseLong(told("date +%s")));
        // A login to an emulated machine takes seconds, which are not the clock's fault.
        Instant meanwhile = asked.plus(Duration.between(asked, Instant.now()).dividedBy(2));
        assertThat(Duration.between(meanwhile, told).abs())
                .as("the clock was 40 minutes fast")
                .isLessThan(Duration.ofSeconds(5));
        assertThat(told("cut -d' ' -f1 /proc/modules").lines()).contains("br_netfilter", "vxlan", "overlay");

        kubewright("lab", "reboot", HOST).done();

        isPrepared();
        assertThat(told("cut -d' ' -f1 /proc/modules").lines()).contains("br_netfilter", "vxlan", "overlay");
        assertThat(kubewright("plan", "--only", "host", "-f", file).done().out())
                .contains("0 to change");
    }

    private static void isPrepared() throws Exception {
        assertThat(told("sed 1d /proc/swaps")).isEmpty();
        assertThat(told("sysctl -n net.ipv4.ip_forward kernel.panic vm.panic_on_oom"))
                .as("another file lowers them")
                .isEqualTo("1\n10\n0");
    }

    private static void isPutBackToTheByte() throws Exception {
        kubewright("undo", "--yes", "-f", file).done();

        List<Pattern> excluded = resource("undo-excluded.tsv")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> Pattern.compile(line.split("\t")[0]))
                .toList();
        Set<String> now = state();
        List<String> differences = new ArrayList<>();
        former.stream().filter(line -> !now.contains(line)).forEach(line -> differences.add("- " + line));
        now.stream().filter(line -> !former.contains(line)).forEach(line -> differences.add("+ " + line));
        assertThat(differences)
                .filteredOn(line -> excluded.stream()
                        .noneMatch(each -> each.matcher(line.substring(2)).lookingAt()))
                .isEmpty();
    }

    /**
     * That the cluster is there and serves pods, a few proofs at a time. All at once take more than an emulated processor gives
     * within their deadlines: the control plane alone keeps both of them busy.
     */
    private static void isProven() throws InterruptedException {
        within(
                        Duration.ofMinutes(10),
                        "verify",
                        "--only",
                        "proof/nodes",
                        "--only",
                        "proof/control-plane",
                        "--only",
                        "proof/endpoint")
                .done();
        within(Duration.ofMinutes(10), "verify", "--only", "proof/certificates", "--only", "proof/dns/cluster")
                .done();
    }

    /** The last result: what a real processor starts in seconds takes an emulated one minutes. */
    private static RealCluster.Result within(Duration patience, String... command) throws InterruptedException {
        String[] arguments =
                Stream.concat(Stream.of(command), Stream.of("-f", file)).toArray(String[]::new);
        Instant end = Instant.now().plus(patience);
        RealCluster.Result result = kubewright(arguments);
        while (result.code() != 0 && Instant.now().isBefore(end)) {
            System.out.printf("%s again, after%n%s%n%s%n", command[0], result.out(), result.err());
            Thread.sleep(Duration.ofSeconds(20));
            result = kubewright(arguments);
        }
        return result;
    }

    private static void carriesKubernetesWithoutAnyDeviation() throws Exception {
        try (TimeServer server = TimeServer.on(GATEWAY)) {
            kubewright("apply", "--yes", "-f", file).done();
            isProven();

            kubewright("lab", "reboot", HOST).done();

            assertThat(told("systemctl is-active containerd kubelet")).isEqualTo("active\nactive");
            assertThat(within(Duration.ofMinutes(15), "plan").done().out()).contains("0 to change");
            isProven();
        }
        assertThat(told("grep cgroupDriver /var/lib/kubelet/config.yaml")).isEqualTo("cgroupDriver: systemd");
        isPrepared();
    }
}
