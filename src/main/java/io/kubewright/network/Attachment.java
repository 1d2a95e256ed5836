package io.kubewright.network;

import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import java.util.List;
import java.util.Optional;

/**
 * A further network that pods may ask for by name.
 *
 * @param mode the plugin's mode, such as bridge for macvlan; empty where the type has none
 * @param vlan 802.1Q tag; empty means untagged
 * @param mtu bytes; empty means the master's
 * @param pointer place of the attachment in the file, for messages
 */
public record Attachment(
        String name,
        String namespace,
        Type type,
        Optional<String> mode,
        Master master,
        Optional<Integer> vlan,
        Optional<Integer> mtu,
        Ipam ipam,
        Pointer pointer) {
    /** The CNI plugin behind the attachment. */
    public enum Type {
        MACVLAN,
        IPVLAN,
        BRIDGE
    }

    /** Which interface of a host carries the attachment; found per host. */
    public sealed interface Master {
        /** The interface with an address in this network. */
        record InNetwork(Cidr network) implements Master {}

        /** The interface of this name. */
        record Named(String name) implements Master {}

        /** The interface with this MAC address, lower case with colons. */
        record WithMac(String mac) implements Master {}
    }

    /** Where pods get their addresses from. */
    public sealed interface Ipam {
        /**
         * Whereabouts hands out addresses of one range, the same on all hosts.
         *
         * @param network the network the range lies in
         */
        record Whereabouts(Cidr network, AddressRange range, List<Cidr> exclude, Optional<IpAddress> gateway)
                implements Ipam {
            /** Whether a pod may get {@code address}. */
            public boolean handsOut(IpAddress address) {
                return range.contains(address) && exclude.stream().noneMatch(network -> network.contains(address));
            }
        }

        /** Each pod names its own address. */
        record Static() implements Ipam {}

        /** A DHCP server of the network. */
        record Dhcp() implements Ipam {}

        /** No address. */
        record None() implements Ipam {}
    }
}
