package io.kubewright.network;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.network.Attachment.Ipam;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An attachment in the words of CNI and of Multus. */
final class AttachmentDefinition {
    static final String API_VERSION = "k8s.cni.cncf.io/v1";
    static final String KIND = "NetworkAttachmentDefinition";

    /** All of IPv4's groups; of an IPv6 pod the kernel makes such a route on each link by itself. */
    private static final String GROUPS = "224.0.0.0/4";

    /**
     * Senders that are not of the attachment's own network are heard even where the host's kernel insists on the same way back
     * (RHEL's rp_filter is 1, and pods begin with the host's), and a program may join more groups than the kernel's 20.
     */
    private static final Map<String, Object> TUNING = Map.of(
            "type",
            "tuning",
            "sysctl",
            Map.of("net.ipv4.conf.IFNAME.rp_filter", "2", "net.ipv4.igmp_max_memberships", "256"));

    private AttachmentDefinition() {}

    /** The definition of hosts that all have a master of this name. */
    static KubeObject of(Attachment attachment, String master) {
        return bare(attachment).with(CniText.of(configuration(attachment, master)), "spec", "config");
    }

    /** The definition of hosts whose masters differ: Multus reads the configuration from a file of each host. */
    static KubeObject perHost(Attachment attachment) {
        return bare(attachment).with(Map.of(), "spec");
    }

    private static KubeObject bare(Attachment attachment) {
        return KubeObject.of(ObjectRef.of(API_VERSION, KIND, attachment.namespace(), attachment.name()));
    }

    /** What Multus hands to the CNI plugins, one after another. */
    static Map<String, Object> configuration(Attachment attachment, String master) {
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("cniVersion", MultusManifest.CNI_VERSION);
        configuration.put("name", attachment.name());
        configuration.put("plugins", List.of(link(attachment, master), TUNING));
        return configuration;
    }

    private static Map<String, Object> link(Attachment attachment, String master) {
        Map<String, Object> link = new LinkedHashMap<>();
        link.put("type", attachment.type().name().toLowerCase(Locale.ROOT));
        if (attachment.type() == Attachment.Type.BRIDGE) {
            link.put("bridge", master);
            attachment.vlan().ifPresent(tag -> link.put("vlan", tag));
        } else {
            link.put(
                    "master",
                    attachment.vlan().map(tag -> VlanLink.name(master, tag)).orElse(master));
        }
        attachment.mode().ifPresent(mode -> link.put("mode", mode));
        attachment.mtu().ifPresent(mtu -> link.put("mtu", mtu));
        if (attachment.ipam() instanceof Ipam.Static) {
            link.put("capabilities", Map.of("ips", true));
        }
        link.put("ipam", ipam(attachment.ipam()));
        return link;
    }

    private static Map<String, Object> ipam(Ipam ipam) {
        Map<String, Object> made = new LinkedHashMap<>();
        switch (ipam) {
            case Ipam.Whereabouts whereabouts -> {
                made.put("type", "whereabouts");
                made.put("range", whereabouts.network().toString());
                made.put("range_start", whereabouts.range().first().toString());
                made.put("range_end", whereabouts.range().last().toString());
                if (!whereabouts.exclude().isEmpty()) {
                    List<String> exclude = new ArrayList<>();
                    whereabouts.exclude().forEach(each -> exclude.add(each.toString()));
                    made.put("exclude", exclude);
                }
                whereabouts.gateway().ifPresent(gateway -> made.put("gateway", gateway.toString()));
                if (!whereabouts.network().isIpv6()) {
                    made.put("routes", List.of(Map.of("dst", GROUPS)));
                }
            }
            case Ipam.Static _ -> {
                made.put("type", "static");
                made.put("routes", List.of(Map.of("dst", GROUPS)));
            }
            case Ipam.Dhcp _ -> made.put("type", "dhcp");
            case Ipam.None _ -> {}
        }
        return made;
    }
}
