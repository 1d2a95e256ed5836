package io.kubewright.network;

import io.kubewright.engine.HostFacts;
import io.kubewright.network.Attachment.Master;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which link of each host carries an attachment. */
final class Carriers {
    private Carriers() {}

    /**
     * The link by host name; of hosts with facts alone.
     *
     * @throws NetworkException with {@link NetworkException.Code#MASTER} when a host has no such link, or several
     */
    static Map<String, HostFacts.Link> of(Attachment attachment, List<Host> hosts, Map<String, HostFacts> facts) {
        Map<String, HostFacts.Link> carriers = new LinkedHashMap<>();
        for (Host host : hosts) {
            Optional.ofNullable(facts.get(host.name()))
                    .ifPresent(each -> carriers.put(host.name(), of(attachment, each)));
        }
        return carriers;
    }

    private static HostFacts.Link of(Attachment attachment, HostFacts host) {
        List<HostFacts.Link> links = host.links().stream()
                .filter(link -> matches(link, attachment.master()))
                .toList();
        if (links.size() != 1) {
            throw missing(attachment, host, links);
        }
        HostFacts.Link link = links.getFirst();
        if (attachment.mtu().isPresent() && attachment.mtu().get() > link.mtu()) {
            throw new NetworkException(
                    NetworkException.Code.MTU,
                    "attachment " + attachment.name() + " asks for an MTU of "
                            + attachment.mtu().get() + ", but its master " + link.name() + " of " + host.name()
                            + " carries " + link.mtu() + " bytes",
                    "Write mtu: auto, or at most " + link.mtu() + ".");
        }
        return link;
    }

    private static boolean matches(HostFacts.Link link, Master master) {
        return switch (master) {
            case Master.InNetwork(Cidr network) ->
                link.addresses().stream().anyMatch(address -> network.contains(addressOf(address)));
            case Master.Named(String name) -> link.name().equals(name);
            case Master.WithMac(String mac) -> link.mac().equalsIgnoreCase(mac);
        };
    }

    private static IpAddress addressOf(String withLength) {
        return IpAddress.parse(withLength.substring(0, withLength.indexOf('/')));
    }

    private static NetworkException missing(Attachment attachment, HostFacts host, List<HostFacts.Link> found) {
        String wanted = switch (attachment.master()) {
            case Master.InNetwork(Cidr network) -> "with an address in " + network;
            case Master.Named(String name) -> "of the name " + name;
            case Master.WithMac(String mac) -> "with the MAC address " + mac;
        };
        String has = found.isEmpty()
                ? host.name() + " has no link " + wanted + "; its links: "
                        + host.links().stream().map(Carriers::words).collect(Collectors.joining("; "))
                : host.name() + " has several links " + wanted + ": "
                        + found.stream().map(HostFacts.Link::name).collect(Collectors.toCollection(TreeSet::new));
        return new NetworkException(
                NetworkException.Code.MASTER,
                "attachment " + attachment.name() + ": " + has,
                "Correct the attachment's master (" + attachment.pointer().words() + "), or the host's network.");
    }

    private static String words(HostFacts.Link link) {
        return link.name() + " (" + link.mac()
                + link.addresses().stream().map(each -> ", " + each).collect(Collectors.joining()) + ")";
    }
}
