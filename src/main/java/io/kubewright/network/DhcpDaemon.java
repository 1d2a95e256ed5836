package io.kubewright.network;

import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The daemon that holds the leases of pods whose addresses come by DHCP. */
final class DhcpDaemon {
    private static final String UNIT = "kubewright-cni-dhcp.service";

    private static final String TEXT = """
            # Managed by kubewright (network/attachments).
            [Unit]
            Description=DHCP leases of pods' further networks
            Documentation=https://www.cni.dev/plugins/current/ipam/dhcp/
            Before=kubelet.service

            [Service]
            # A socket that a killed daemon left is in the way of the next one.
            ExecStartPre=/bin/rm -f /run/cni/dhcp.sock
            ExecStart=/opt/cni/bin/dhcp daemon
            Restart=always
            RestartSec=2

            [Install]
            WantedBy=multi-user.target
            """;

    private DhcpDaemon() {}

    static Resource of(String host, Set<StepId> needs) {
        return new Installation(
                new StepId(AttachmentResources.ATTACHMENTS + "/dhcp", host),
                needs,
                List.of(new TextFile("/etc/systemd/system/" + UNIT, "0644", TEXT)),
                Optional.of(new Service(UNIT, true)),
                List.of("/run/cni"),
                Optional.empty());
    }
}
