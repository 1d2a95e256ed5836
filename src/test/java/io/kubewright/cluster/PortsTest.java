package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kube.KubePorts;
import io.kubewright.network.NetworkPorts;
import io.kubewright.spec.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of ports against the pages that they come from: kubernetes.io, Ports and Protocols; Calico's requirements. */
class PortsTest {
    private static final Path PAGE = Path.of("docs/reference/ports.md");

    private static List<Port> table() {
        return Stream.concat(KubePorts.table().stream(), NetworkPorts.table().stream())
                .toList();
    }

    private static String words(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Test
    void thePageIsWhatTheTablesSay() throws IOException {
        String page = table().stream()
                .map(port -> "| %s | %s | %s | %s | %s |\n"
                        .formatted(port, words(port.on()), words(port.from()), port.why(), port.source()))
                .collect(Collectors.joining("", """
                        # Ports

                        What hosts must let through to each other; `kubewright preflight` tries it out. From the tables `ports.yaml` of the
                        rooms.

                        | port | on | from | for | source |
                        |---|---|---|---|---|
                        """, ""));
        if (System.getProperty("kubewright.golden", "").equals("write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("%s; rewrite it with: mvn test -Dtest=PortsTest -Dkubewright.golden=write", PAGE)
                .isEqualTo(page);
    }

    @Test
    void theMatrixByRole() {
        assertThat(table().stream().map(port -> port + " on " + port.on() + " from " + port.from()))
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
