package io.kubewright.ssh;

import java.util.Optional;

/** A server as a person names it: {@code [user@]host[:port]}. */
record Hop(String host, Optional<String> user, Optional<Integer> port) {
    /** Reads one entry of ProxyJump; {@code [::1]:22} and {@code ssh://} are understood. */
    static Hop parse(String text) {
        String rest = text.trim();
        if (rest.startsWith("ssh://")) {
            rest = rest.substring("ssh://".length());
        }
        Optional<String> user = Optional.empty();
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            user = Optional.of(rest.substring(0, at));
            rest = rest.substring(at + 1);
        }
        int colon = rest.lastIndexOf(':');
        boolean bracketed = rest.startsWith("[");
        boolean bareIpv6 = !bracketed && colon != rest.indexOf(':');
        Optional<Integer> port = Optional.empty();
        if (colon >= 0 && !bareIpv6 && !rest.endsWith("]")) {
            port = Optional.of(Integer.valueOf(rest.substring(colon + 1)));
            rest = rest.substring(0, colon);
        }
        return new Hop(bracketed ? rest.substring(1, rest.length() - 1) : rest, user, port);
    }
}
