package io.kubewright.network;

import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;

/** A range of addresses and the network it lies in, as Whereabouts writes it. */
record NetworkRange(Cidr network, AddressRange range) {
    /** Reads FIRST-LAST/LENGTH or NETWORK/LENGTH. Throws {@link IllegalArgumentException} with a sentence for the user. */
    static NetworkRange parse(String text) {
        int dash = text.indexOf('-');
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a range: write FIRST-LAST/LENGTH");
        }
        if (dash < 0) {
            Cidr network = Cidr.parse(text);
            return new NetworkRange(network, network.range());
        }
        IpAddress first = IpAddress.parse(text.substring(0, dash));
        IpAddress last = IpAddress.parse(text.substring(dash + 1, Math.max(slash, dash + 1)));
        String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > first.bits()) {
            throw new IllegalArgumentException("'" + text + "' is not a range: '" + length + "' is no prefix length");
        }
        Cidr network = Cidr.around(first, Integer.parseInt(length));
        AddressRange range = new AddressRange(first, last);
        if (!network.contains(last)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a range: " + last + " lies outside the network " + network + " of " + first);
        }
        return new NetworkRange(network, range);
    }
}
