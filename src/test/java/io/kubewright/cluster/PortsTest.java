package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kube.KubePorts;
import io.kubewright.network.NetworkPorts;
import io.kubewright.spec.Port;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of ports against the pages that they come from: kubernetes.io, Ports and Protocols; Calico's requirements. */
class PortsTest {
    @Test
    void theMatrixByRole() {
        assertThat(Stream.concat(KubePorts.table().stream(), NetworkPorts.table().stream())
                        .map(port -> port + " on " + port.on() + " from " + port.from()))
                .containsExactly(
                        "tcp/6443 on CONTROL_PLANES from ANYONE",
                        "tcp/2379-2380 on CONTROL_PLANES from CONTROL_PLANES",
                        "tcp/10250 on NODES from NODES",
                        "tcp/30000-32767 on NODES from ANYONE",
                        "udp/4789 on NODES from NODES");
    }

    @Test
    void everyServerThatListensByItsOwnNameIsKnown() {
        assertThat(KubePorts.table().stream()
                        .filter(port -> port.first() < 30_000)
                        .map(Port::server))
                .allMatch(server -> server.isPresent());
    }
}
