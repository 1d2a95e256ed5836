package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.FILE;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kubewright.lab.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The way back on five real hosts. After all that needs the cluster: none is left. */
@ExtendWith(RealCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(Integer.MAX_VALUE - 1)
class ResetIT {
    @TempDir
    private Path temporary;

    @Test
    @Order(1)
    void whatOthersChangedIsRefusedWithADiffAndNothingIsTouched() throws Exception {
        String unit = "/etc/systemd/system/containerd.service";
        // Kept with its times: a unit written after its service began is a change to plan.
        on("n5", "cp -p %1$s /root/kept && echo '# by the owner' >>%1$s".formatted(unit))
                .done();

        RealCluster.Result reset = kubewright("reset", "--yes", "-f", FILE);

        assertThat(reset.code()).as("%s%n%s", reset.out(), reset.err()).isEqualTo(3);
        assertThat(reset.out()).contains("kube/containerd@n5", "changed by others", "# by the owner");
        on("n5", "mv /root/kept " + unit).done();
        assertThat(RealCluster.red()).isEmpty();
    }

    @Test
    @Order(2)
    void whatStaysStandsOnIsNotTakenAway() {
        RealCluster.Result undo = kubewright("undo", "kube/containerd", "--host", "n5", "--yes", "-f", FILE);

        assertThat(undo.code()).as("%s%n%s", undo.out(), undo.err()).isEqualTo(3);
        assertThat(undo.out()).contains("stands on it");
    }

    /** The very control plane that the cluster was made on. */
    @Test
    @Order(3)
    void aHostLeavesAndComesBackAndTheClusterGoesOn() throws Exception {
        on("n1", """
                        # A process of a pod that no shim looks after, as a container that was just being made leaves behind.
                        setsid sleep 3600 </dev/null >/dev/null 2>&1 &
                        for pods in /sys/fs/cgroup/*/kubepods; do echo $! >"$pods/cgroup.procs"; done
                        """).done();

        kubewright("reset", "--host", "n1", "--yes", "-f", FILE).done();

        assertThat(Traces.of("n1").against(RealCluster.bare("n1")))
                .as("left on n1")
                .isEmpty();
        RealCluster.Result nodes = RealCluster.program("lab", "kubectl", "--", "get", "nodes", "-o", "name");
        assertThat(nodes.done().out().lines()).containsExactlyInAnyOrder("node/n2", "node/n3", "node/n4", "node/n5");
        JsonNode plan = kubewright("plan", "--json", "-f", FILE).json();
        assertThat(acting(plan))
                .as("only n1 is to be made again, its kubelet to be given a certificate, and CoreDNS may be on it")
                .allMatch(step -> step.endsWith("@n1")
                        || Set.of("kube/serving-certificates@cluster", "kube/dns/spread@cluster")
                                .contains(step))
                .contains("kube/join@n1", "kube/serving-certificates@cluster");

        RealCluster.Result again = kubewright("apply", "--yes", "-f", FILE);
        if (again.code() != 0) {
            fail(again.out() + again.err() + RealCluster.controlPlanes());
        }
        assertThat(kubewright("plan", "-f", FILE).code()).isZero();
        RealCluster.awaitGreen();
    }

    private static List<String> acting(JsonNode plan) {
        return plan.path("steps")
                .valueStream()
                .filter(step -> !List.of("same", "accompany")
                        .contains(step.path("action").asString()))
                .map(step ->
                        step.path("path").asString() + "@" + step.path("target").asString())
                .toList();
    }

    @Test
    @Order(4)
    void afterAResetTheHostsAreAsTheyWereAndThePlanIsTheFirstOneAgain() throws Exception {
        Path saved = temporary.resolve("reset.json");
        assertThat(kubewright("reset", "-o", saved.toString(), "-f", FILE).code())
                .isEqualTo(2);
        assertThat(Files.readString(saved)).contains("\"kind\" : \"reset\"");

        kubewright("apply", "--yes", saved.toString(), "-f", FILE).done();

        Map<String, List<String>> left = new TreeMap<>();
        for (String host : HOSTS) {
            List<String> traces = Traces.of(host).against(RealCluster.bare(host));
            if (!traces.isEmpty()) {
                left.put(host, traces);
            }
        }
        assertThat(left).isEmpty();
        // A deviation's reason counts the lab's hosts, of which another test may have made one more.
        int hosts = Lab.standing().orElseThrow().hosts().size();
        assertThat(comparable(kubewright("plan", "--json", "-f", FILE).json()))
                .isEqualTo(comparable(RealCluster.firstPlan())
                        .replace(HOSTS.size() + " hosts share", hosts + " hosts share"));
    }

    /** Without what says when it was made. */
    private static String comparable(JsonNode plan) {
        ObjectNode copy = (ObjectNode) plan.deepCopy();
        copy.remove(List.of("id", "created"));
        return copy.toPrettyString();
    }
}
