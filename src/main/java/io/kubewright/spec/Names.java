package io.kubewright.spec;

import java.util.regex.Pattern;

/** The syntax of names, as Kubernetes and DNS have it. Each check throws {@link IllegalArgumentException} with a sentence. */
public final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern QUALIFIED = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

    private Names() {}

    /** A DNS label of RFC 1123: up to 63 lower-case letters, digits and dashes. */
    public static String label(String text) {
        if (text.length() > 63 || !LABEL.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a name: " + reason(text, 63, "a dash"));
        }
        return text;
    }

    /** Labels joined by dots, up to 253 characters, as DNS and Kubernetes objects have it (RFC 1123 subdomain). */
    public static String dns(String text) {
        return dns(text, 253);
    }

    /** A node's name: also the value of a label and a host name of Linux, hence at most 63 characters. */
    public static String node(String text) {
        return dns(text, 63);
    }

    private static String dns(String text, int longest) {
        if (text.length() > longest) {
            throw new IllegalArgumentException("'" + text + "' is not a name: " + reason(text, longest, ""));
        }
        for (String part : text.split("\\.", -1)) {
            if (part.length() > 63 || !LABEL.matcher(part).matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a name: " + reason(part, 63, "a dash or dot"));
            }
        }
        return text;
    }

    /** A DNS name or an IP address. */
    public static String dnsOrAddress(String text) {
        if (text.indexOf(':') >= 0 || text.matches("[0-9.]+")) {
            return IpAddress.parse(text).toString();
        }
        return dns(text);
    }

    /** A label's or taint's key: NAME or PREFIX/NAME. */
    public static String labelKey(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            dns(text.substring(0, slash));
        }
        String name = text.substring(slash + 1);
        if (name.length() > 63 || !QUALIFIED.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a label key: letters, digits, '-', '_' and '.', at most 63 of them");
        }
        return text;
    }

    /** A label's or taint's value; may be empty. */
    public static String labelValue(String text) {
        if (!text.isEmpty() && (text.length() > 63 || !QUALIFIED.matcher(text).matches())) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a label value: letters, digits, '-', '_' and '.', at most 63 of them");
        }
        return text;
    }

    private static String reason(String text, int longest, String edge) {
        if (text.isEmpty()) {
            return "a part of it is empty";
        }
        if (text.length() > longest) {
            return "it has " + text.length() + " characters, the most is " + longest;
        }
        if (text.indexOf('_') >= 0) {
            return "DNS takes no underscore";
        }
        if (text.chars().anyMatch(Character::isUpperCase)) {
            return "Kubernetes takes lower case only";
        }
        if (text.startsWith("-") || text.endsWith("-")) {
            return "it begins or ends with " + edge;
        }
        return "only lower-case letters, digits and dashes are taken";
    }
}
