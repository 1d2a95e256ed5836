package io.kubewright.host;

import io.kubewright.spec.Cidr;
import io.kubewright.spec.Port;
import java.util.Optional;

/**
 * A single rule that lets something through.
 *
 * @param forwarded whether it is passed on by the host; else it is for the host itself
 * @param port empty: whatever it carries
 * @param from of the same family as {@code to}; a single address or a whole family too
 */
record Opening(boolean forwarded, Optional<Port> port, Cidr from, Cidr to) {
    /** Every address of a family. */
    static Cidr all(boolean ipv6) {
        return Cidr.parse(ipv6 ? "::/0" : "0.0.0.0/0");
    }

    boolean isIpv6() {
        return from.isIpv6();
    }

    /** Whether all of the other is let through too. */
    boolean holds(Opening other) {
        return forwarded == other.forwarded
                && port.equals(other.port)
                && from.range().contains(other.from.range())
                && to.range().contains(other.to.range());
    }

    Packet packet() {
        return new Packet(forwarded, port, Optional.of(from.range()), Optional.of(to.range()), Optional.empty());
    }

    /** As firewalls want it: a single address has no length. */
    static String text(Cidr addresses) {
        return addresses.prefix() == addresses.network().bits()
                ? addresses.network().toString()
                : addresses.toString();
    }
}
