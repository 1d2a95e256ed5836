package io.kubewright.network;

import io.kubewright.engine.Digest;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A host's link of one VLAN, there before the kubelet at every boot. */
final class VlanLink {
    /** Linux' limit, without the byte that ends the name. */
    private static final int LONGEST = 15;

    private static final String UNIT = """
            # Managed by kubewright (network/attachments).
            [Unit]
            Description=VLAN %1$d on %2$s for pods
            Wants=network-online.target
            After=network-online.target
            Before=kubelet.service

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=/bin/sh -c 'ip link show %3$s >/dev/null 2>&1 || exec ip link add link %2$s name %3$s type vlan id %1$d'
            ExecStart=/bin/sh -c 'exec ip link set %3$s up'
            ExecStop=/bin/sh -c 'exec ip link delete %3$s'

            [Install]
            WantedBy=multi-user.target
            """;

    private VlanLink() {}

    /** The usual name, such as {@code eth0.100}, or one as long as the kernel allows. */
    static String name(String master, int tag) {
        String usual = master + "." + tag;
        return usual.length() <= LONGEST
                ? usual
                : Digest.sha256(master)
                                .substring(0, LONGEST - 1 - String.valueOf(tag).length()) + "." + tag;
    }

    static StepId step(String host, String master, int tag) {
        return new StepId(AttachmentResources.ATTACHMENTS + "/link/" + name(master, tag), host);
    }

    static Resource of(String host, String master, int tag, Set<StepId> needs) {
        String link = name(master, tag);
        String unit = "kubewright-link-" + link + ".service";
        return new Installation(
                step(host, master, tag),
                needs,
                List.of(new TextFile("/etc/systemd/system/" + unit, "0644", UNIT.formatted(tag, master, link))),
                Optional.of(new Service(unit, true)),
                List.of(),
                Optional.empty());
    }
}
