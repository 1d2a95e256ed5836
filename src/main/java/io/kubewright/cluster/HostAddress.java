package io.kubewright.cluster;

import io.kubewright.spec.Names;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host as it is named on the command line of {@code init}: {@code [USER@]HOST[:PORT]}, an IPv6 address in brackets. */
public record HostAddress(Optional<String> user, String host, Optional<Integer> port) {
    private static final Pattern FORM =
            Pattern.compile("(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?(\\[[0-9A-Fa-f:.]+]|[^@:\\[\\]]+)(?::([0-9]{1,5}))?");

    /** Throws {@link IllegalArgumentException} with a sentence for the user. */
    public static HostAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a host: write [USER@]HOST[:PORT], an IPv6 address in brackets");
        }
        String host = matcher.group(2).replaceAll("[\\[\\]]", "");
        Optional<Integer> port = Optional.ofNullable(matcher.group(3)).map(Integer::valueOf);
        if (port.isPresent() && (port.get() < 1 || port.get() > 65535)) {
            throw new IllegalArgumentException("'" + text + "' is not a host: ports go from 1 to 65535");
        }
        return new HostAddress(Optional.ofNullable(matcher.group(1)), Names.dnsOrAddress(host), port);
    }
}
