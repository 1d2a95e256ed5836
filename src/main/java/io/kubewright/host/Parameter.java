package io.kubewright.host;

import io.kubewright.spec.Table;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kernel parameter of {@code sysctl.yaml} or of the file.
 *
 * @param value one number, or several separated by single spaces
 * @param atLeast whether a higher value of the host's own is left
 * @param throughput whether it belongs to the throughput tier only
 * @param ownPerHost whether each network namespace has its own, writable inside it
 * @param module the module without which the parameter does not exist
 * @param ipv6 whether it is wanted only where pods have IPv6 addresses
 */
record Parameter(
        String key,
        String value,
        boolean atLeast,
        boolean throughput,
        boolean ownPerHost,
        Optional<String> module,
        boolean ipv6,
        String why,
        String source) {
    private static final List<Parameter> TABLE = Table.read(Parameter.class, "sysctl.yaml").stream()
            .map(Parameter::of)
            .toList();

    static List<Parameter> table() {
        return TABLE;
    }

    /**
     * The name with dots between its parts, and slashes where a part has a dot (sysctl.d(5)): {@code net/ipv4/conf/eth0.5/rp_filter}
     * is {@code net.ipv4.conf.eth0/5.rp_filter}.
     */
    static String canonical(String key) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        if (slash < 0 || dot >= 0 && dot < slash) {
            return key;
        }
        return key.chars()
                .mapToObj(each -> each == '/' ? "." : each == '.' ? "/" : Character.toString(each))
                .collect(Collectors.joining());
    }

    /**
     * One that the file names: exactly so.
     *
     * @param row what the table knows of it
     */
    static Parameter extra(String key, String value, Optional<Parameter> row) {
        return new Parameter(
                key,
                value.strip().replaceAll("\\s+", " "),
                false,
                false,
                row.map(Parameter::ownPerHost).orElse(key.startsWith("net.ipv4.") || key.startsWith("net.ipv6.")),
                row.flatMap(Parameter::module),
                false,
                "the file asks for it",
                "host.sysctl.extra");
    }

    private static Parameter of(Table.Row row) {
        return new Parameter(
                row.text("key"),
                row.text("value"),
                switch (row.text("comparison")) {
                    case "at-least" -> true;
                    case "exactly" -> false;
                    default -> throw new IllegalStateException("sysctl.yaml: comparison of " + row.text("key"));
                },
                row.text("tier").equals("throughput"),
                row.text("scope").equals("host"),
                row.optional("module"),
                row.optional("when").equals(Optional.of("ipv6")),
                row.text("why"),
                row.text("source"));
    }

    /** As {@code sysctl.sh} prints a value that is as wanted. */
    String goal() {
        return atLeast ? "at least " + value : value;
    }
}
