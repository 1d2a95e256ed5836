package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.LeftObject;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryTest {
    @TempDir
    private Path directory;

    private Specification file(String hosts) throws Exception {
        Path file = directory.resolve("cluster.yaml");
        Files.writeString(file, """
                apiVersion: kubewright.io/v1
                kind: Cluster
                metadata: {name: corp}
                bundle: source
                acceptUntested: [calico]
                ssh: {user: ops, identityFile: /keys/ops, port: 2222, jump: bastion.corp.local}
                hosts:
                %s
                endpoint: {vip: 10.20.0.10}
                """.formatted(hosts));
        return ClusterFile.read(file);
    }

    private static final String CP1 = "  - {name: cp1, address: 10.20.0.11, roles: [control-plane]}\n";
    private static final String W1 = "  - {name: w1, address: 192.0.2.21, nodeIp: 10.20.0.21, roles: [worker],"
            + " ssh: {user: w, become: none, port: 22, jump: other.corp.local}}\n";

    /** What the cluster holds once a file was applied, as the API gives it back. */
    private static Inventory written(Specification file, Inventory before) {
        return Inventory.of(before.object(file, List.of()));
    }

    @Test
    void aHostThatLeftTheFileIsReachedAsItWasAndWithTheKeyOfTheOthers() throws Exception {
        Inventory inventory = written(file(CP1 + W1), new Inventory(Map.of(), Set.of()));

        List<Host> departed = inventory.departed(file(CP1));

        assertThat(departed).singleElement().satisfies(host -> {
            assertThat(host.name()).isEqualTo("w1");
            assertThat(host.address()).isEqualTo("192.0.2.21");
            assertThat(host.nodeIp()).hasToString("10.20.0.21");
            assertThat(host.roles()).containsExactly(Role.WORKER);
            assertThat(host.ssh().user()).contains("w");
            assertThat(host.ssh().become()).isEqualTo(Become.NONE);
            assertThat(host.ssh().port()).contains(22);
            assertThat(host.ssh().jump()).contains("other.corp.local");
            assertThat(host.ssh().identityFile()).contains(Path.of("/keys/ops"));
        });
        assertThat(inventory.departed(file(CP1 + W1))).isEmpty();
    }

    @Test
    void ofTwoIpFamiliesBothAddressesAreRemembered() throws Exception {
        String networks = "kubernetes: {podCidr: [10.244.0.0/16, 'fd00:10:244::/56'],"
                + " serviceCidr: [10.96.0.0/16, 'fd00:10:96::/112']}";
        String first = "  - {name: cp1, address: 10.20.0.11, secondNodeIp: 'fd00:20::11', roles: [control-plane]}\n";
        String second = "  - {name: w1, address: 10.20.0.21, secondNodeIp: 'fd00:20::21', roles: [worker]}\n";
        Inventory inventory = written(file(first + second + networks), new Inventory(Map.of(), Set.of()));

        assertThat(inventory.departed(file(first + networks)))
                .singleElement()
                .satisfies(host -> assertThat(host.nodeIps())
                        .extracting(IpAddress::toString)
                        .containsExactly("10.20.0.21", "fd00:20::21"));
    }

    @Test
    void itHoldsNoPathOfAnybodysMachine() throws Exception {
        KubeObject object = new Inventory(Map.of(), Set.of()).object(file(CP1 + W1), List.of());

        assertThat(object.toString() + object.content()).doesNotContain("/keys").contains("bastion.corp.local");
    }

    @Test
    void whoLeftTheFileStaysInItUntilItIsForgotten() throws Exception {
        Inventory both = written(file(CP1 + W1), new Inventory(Map.of(), Set.of()));

        Inventory next = written(file(CP1), both);

        assertThat(next).as("nothing to change before the host has left").isEqualTo(both);
        assertThat(next.hosts()).containsOnlyKeys("cp1", "w1");
    }

    @Test
    void kindsThatWereEverMadeAreKept() throws Exception {
        LeftObject.Kind past = new LeftObject.Kind("k8s.cni.cncf.io/v1", "NetworkAttachmentDefinition");

        Inventory next = written(file(CP1), new Inventory(Map.of(), Set.of(past)));

        assertThat(next.kinds()).containsExactlyInAnyOrder(past, new LeftObject.Kind("v1", "ConfigMap"));
    }

    @Test
    void aHostWithoutSettingsOfItsOwnIsReachedLikeTheOthers() throws Exception {
        Inventory inventory = written(
                file(CP1 + "  - {name: w2, address: 10.20.0.22, roles: [worker]}\n"),
                new Inventory(Map.of(), Set.of()));

        Host departed = inventory.departed(file(CP1)).getFirst();

        assertThat(departed.ssh().user()).isEqualTo(Optional.of("ops"));
        assertThat(departed.ssh().port()).contains(2222);
    }
}
