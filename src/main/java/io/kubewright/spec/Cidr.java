package io.kubewright.spec;

import java.math.BigInteger;

/**
 * A network in CIDR notation.
 *
 * @param network the lowest address; its host bits are zero
 * @param prefix length of the network part in bits
 */
public record Cidr(IpAddress network, int prefix) {
    public Cidr {
        if (prefix < 0 || prefix > network.bits()) {
            throw new IllegalArgumentException(
                    "/" + prefix + " is not a prefix length: " + network + " allows 0 to " + network.bits());
        }
        IpAddress lowest = lowest(network, prefix);
        if (!lowest.equals(network)) {
            throw new IllegalArgumentException(
                    network + "/" + prefix + " has host bits set; the network is " + lowest + "/" + prefix);
        }
    }

    /** Reads ADDRESS/LENGTH. Throws {@link IllegalArgumentException} with a sentence for the user. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a network: the prefix length is missing");
        }
        return new Cidr(IpAddress.parse(text.substring(0, slash)), prefix(text, text.substring(slash + 1)));
    }

    /** The network of {@code prefix} bits that {@code address} lies in. */
    public static Cidr around(IpAddress address, int prefix) {
        return new Cidr(lowest(address, prefix), prefix);
    }

    static int prefix(String whole, String text) {
        if (!text.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("'" + whole + "' is not a network: '" + text + "' is no prefix length");
        }
        return Integer.parseInt(text);
    }

    private static IpAddress lowest(IpAddress address, int prefix) {
        int host = address.bits() - prefix;
        return new IpAddress(address.value().shiftRight(host).shiftLeft(host), address.bits());
    }

    public boolean isIpv6() {
        return network.isIpv6();
    }

    /** The highest address. */
    public IpAddress last() {
        BigInteger size = BigInteger.ONE.shiftLeft(network.bits() - prefix);
        return new IpAddress(network.value().add(size).subtract(BigInteger.ONE), network.bits());
    }

    public AddressRange range() {
        return new AddressRange(network, last());
    }

    public boolean contains(IpAddress address) {
        return range().contains(address);
    }

    public boolean overlaps(Cidr other) {
        return range().overlaps(other.range());
    }

    @Override
    public String toString() {
        return network + "/" + prefix;
    }
}
