package io.kubewright.spec;

import java.math.BigInteger;

/** Addresses of one family from {@code first} to {@code last}, both included. */
public record AddressRange(IpAddress first, IpAddress last) {
    public AddressRange {
        if (first.bits() != last.bits()) {
            throw new IllegalArgumentException("a range cannot begin in IPv4 and end in IPv6");
        }
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException("the range ends (" + last + ") before it begins (" + first + ")");
        }
    }

    public static AddressRange of(IpAddress single) {
        return new AddressRange(single, single);
    }

    public boolean contains(IpAddress address) {
        return address.bits() == first.bits() && address.compareTo(first) >= 0 && address.compareTo(last) <= 0;
    }

    public boolean contains(AddressRange other) {
        return contains(other.first) && contains(other.last);
    }

    public boolean overlaps(AddressRange other) {
        return first.bits() == other.first.bits()
                && first.compareTo(other.last) <= 0
                && other.first.compareTo(last) <= 0;
    }

    /** How many addresses the range holds. */
    public BigInteger size() {
        return last.value().subtract(first.value()).add(BigInteger.ONE);
    }

    @Override
    public String toString() {
        return first.equals(last) ? first.toString() : first + "-" + last;
    }
}
