package io.kubewright.cluster;

import io.kubewright.ingress.CertificatesSection.Authority;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problems;
import java.util.List;
import java.util.function.Predicate;

/** What the file format has and this version does not do yet: refused, never silently ignored. One row each. */
final class Unsupported {
    /** A row: refused when {@code asks} holds. */
    private record Row(String place, String what, Predicate<Specification> asks) {}

    private static final List<Row> ROWS = List.of(
            new Row(
                    "/kubernetes/podCidr/0",
                    "pods whose first address is an IPv6 one",
                    file -> file.kubernetes().podCidr().stream().limit(1).anyMatch(Cidr::isIpv6)),
            new Row("/storage", "storage", file -> file.storage().isPresent()),
            new Row("/ingress", "ingress", file -> file.ingress().isPresent()),
            new Row(
                    "/certificates/authority",
                    "an authority other than its own",
                    file -> !(file.certificates().authority() instanceof Authority.Own)),
            new Row("/registry", "the registry", file -> file.registry().isPresent()),
            new Row("/gpu", "GPUs", file -> file.gpu().isPresent()));

    private Unsupported() {}

    static void check(Specification specification, Problems problems) {
        for (Row row : ROWS) {
            if (row.asks().test(specification)) {
                problems.addAtKey(
                        Code.NOT_YET,
                        Pointer.parse(row.place()),
                        "this version of Kubewright cannot set up " + row.what() + " yet",
                        "remove it from the file, and add it after an upgrade of Kubewright");
            }
        }
    }
}
