package io.kubewright.host;

import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Port;
import java.util.Optional;

/**
 * The first packets of connections that a firewall must let through, or must not.
 *
 * @param forwarded whether it is passed on by the host, to a pod or from one; else it is for the host itself
 * @param port empty: whatever it carries
 * @param from the addresses it comes from; empty: anywhere
 * @param to the addresses it goes to; empty: anywhere
 * @param link by which it comes in, where that is known
 */
record Packet(
        boolean forwarded,
        Optional<Port> port,
        Optional<AddressRange> from,
        Optional<AddressRange> to,
        Optional<String> link) {
    static final String LOOPBACK = "lo";

    /** The same to one of its ports. */
    Packet at(int number) {
        return new Packet(forwarded, port.map(range -> range.at(number)), from, to, link);
    }

    /** Whether it never leaves the host. */
    boolean isLocal() {
        return link.equals(Optional.of(LOOPBACK));
    }

    boolean isOfPods() {
        return port.isEmpty() && !isLocal();
    }

    /** Empty where both ends are open. */
    Optional<Boolean> isIpv6() {
        return from.or(() -> to).map(range -> range.first().isIpv6());
    }
}
