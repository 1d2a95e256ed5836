package io.kubewright.bench;

import io.kubewright.engine.HostFacts;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A host of many, all alike but for what tells hosts from each other.
 *
 * @param number from 0
 */
record PreparedHost(int number) {
    private static final int CONTROL_PLANES = 3;
    private static final int PER_NETWORK = 250;
    private static final long MEMORY_KIB = 32L << 20;

    String name() {
        return "h" + (number + 1);
    }

    String address() {
        return "10.78." + number / PER_NETWORK + "." + (number % PER_NETWORK + 1);
    }

    String role() {
        return number < CONTROL_PLANES ? "control-plane" : "worker";
    }

    private String mac() {
        return "02:78:00:00:" + HexFormat.of().toHexDigits((byte) (number >> 8)) + ":"
                + HexFormat.of().toHexDigits((byte) number);
    }

    private String machineId() {
        return UUID.nameUUIDFromBytes(name().getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    /** As Kubewright reads them. */
    HostFacts facts() {
        return new HostFacts(
                name(),
                name(),
                "debian",
                "13",
                "amd64",
                "6.12.48",
                8,
                MEMORY_KIB * 1024,
                2,
                List.of(new HostFacts.Link("eth0", 1500, mac(), List.of(address() + "/16"))),
                Optional.of("eth0"),
                Optional.empty(),
                machineId(),
                Optional.of("systemd-timesyncd.service"),
                Optional.empty(),
                Optional.of("apt-get"),
                List.of(),
                Map.of());
    }

    /** The same as {@code facts.sh} prints them. */
    String factsText() {
        HostFacts facts = facts();
        return """
                hostname %s
                os %s %s
                package-manager apt-get
                architecture %s
                kernel %s
                cpus %d
                memory %d
                machine-id %s
                cgroup %d
                time-service %s
                link lo 65536 00:00:00:00:00:00
                link eth0 1500 %s
                address eth0 %s/16
                default eth0
                """.formatted(
                        facts.hostname(),
                        facts.osId(),
                        facts.osVersion(),
                        facts.architecture(),
                        facts.kernel(),
                        facts.cpus(),
                        MEMORY_KIB,
                        facts.machineId(),
                        facts.cgroupVersion(),
                        facts.timeService().orElseThrow(),
                        mac(),
                        address());
    }
}
