package io.kubewright.host.preflight;

import io.kubewright.spec.Table;
import java.util.List;
import java.util.Optional;

/** Something on a host that gets in the way of Kubernetes; a row of {@code signs.yaml}. */
record Sign(String sign, String what, String hint) {
    private static final List<Sign> TABLE = Table.read(Sign.class, "signs.yaml").stream()
            .map(row -> new Sign(row.text("sign"), row.text("what"), row.text("hint")))
            .toList();

    /** What a line of a host's signs means, if it is one that matters. */
    static Optional<String> meaning(String line) {
        return TABLE.stream()
                .filter(row -> line.equals(row.sign) || line.startsWith(row.sign + " "))
                .findFirst()
                .map(row -> row.what
                        + (line.equals(row.sign) ? "" : " (" + line.substring(row.sign.length() + 1) + ")")
                        + ": " + row.hint);
    }
}
