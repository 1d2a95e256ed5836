package io.kubewright.spec;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address as a number.
 *
 * @param value the address read as an unsigned number
 * @param bits 32 for IPv4, 128 for IPv6
 */
public record IpAddress(BigInteger value, int bits) implements Comparable<IpAddress> {
    /** Reads a literal address; never asks a resolver. Throws {@link IllegalArgumentException} with a sentence for the user. */
    public static IpAddress parse(String text) {
        if (text.indexOf('.') >= 0 && text.indexOf(':') < 0) {
            return parseIpv4(text);
        }
        if (text.indexOf(':') < 0 || !text.matches("[0-9A-Fa-f:.]+")) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address");
        }
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address", e);
        }
        if (bytes.length == 4) {
            throw new IllegalArgumentException("'" + text + "' is an IPv4 address in IPv6 clothes; write it as IPv4");
        }
        return new IpAddress(new BigInteger(1, bytes), 128);
    }

    private static IpAddress parseIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        long value = 0;
        if (parts.length != 4) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address: IPv4 has four numbers");
        }
        for (String part : parts) {
            // A leading zero means octal to some programs and decimal to others.
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not an IP address: '" + part + "' is not a number from 0 to 255");
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return new IpAddress(BigInteger.valueOf(value), 32);
    }

    /** Why no other host could reach a host at this address; empty when nothing speaks against it. */
    public Optional<String> unusable() {
        InetAddress address = inet();
        if (address.isAnyLocalAddress() || bits == 32 && value.shiftRight(24).signum() == 0) {
            return Optional.of("not the address of any host");
        }
        if (address.isLoopbackAddress()) {
            return Optional.of("a loopback address");
        }
        if (address.isMulticastAddress()) {
            return Optional.of("a multicast address");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address");
        }
        if (bits == 32 && value.shiftRight(28).intValue() == 15) {
            return Optional.of("in a reserved range");
        }
        return Optional.empty();
    }

    public boolean isIpv6() {
        return bits == 128;
    }

    /** The address {@code distance} further on. */
    public IpAddress plus(long distance) {
        return new IpAddress(value.add(BigInteger.valueOf(distance)), bits);
    }

    /** IPv4 sorts before IPv6, then by number. */
    @Override
    public int compareTo(IpAddress other) {
        return bits != other.bits ? Integer.compare(bits, other.bits) : value.compareTo(other.value);
    }

    @Override
    public String toString() {
        String full = inet().getHostAddress();
        return bits == 32 ? full : shorten(full);
    }

    private InetAddress inet() {
        byte[] raw = value.toByteArray();
        byte[] bytes = new byte[bits / 8];
        int length = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - length, bytes, bytes.length - length, length);
        try {
            return bits == 32 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not an address: " + Arrays.toString(bytes), e);
        }
    }

    /** RFC 5952: the longest run of two or more zero groups becomes "::". */
    private static String shorten(String full) {
        String[] groups = full.split(":");
        int bestStart = -1;
        int bestLength = 1;
        for (int start = 0; start < groups.length; start++) {
            int end = start;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - start > bestLength) {
                bestStart = start;
                bestLength = end - start;
            }
        }
        if (bestStart < 0) {
            return full;
        }
        String head = String.join(":", Arrays.copyOfRange(groups, 0, bestStart));
        String tail = String.join(":", Arrays.copyOfRange(groups, bestStart + bestLength, groups.length));
        return head + "::" + tail;
    }
}
