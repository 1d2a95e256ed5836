package io.kubewright.cluster;

import io.kubewright.cluster.Compatibility.Offer;
import io.kubewright.cluster.Compatibility.Row;
import io.kubewright.spec.Code;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problems;
import io.kubewright.spec.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Holds what a file asks for against the compatibility table. */
final class CompatibilityCheck {
    private static final Pointer ACCEPTED = Pointer.ROOT.child("acceptUntested");
    private static final Pointer BUNDLE = Pointer.ROOT.child("bundle");
    private static final Pointer VERSION = Pointer.ROOT.child("kubernetes").child("version");

    private final Compatibility table;
    private final Problems problems;
    private final String source;
    private final List<String> accepted;
    private final Set<String> used = new TreeSet<>();
    private final List<String> untested = new ArrayList<>();

    CompatibilityCheck(Compatibility table, Problems problems, String source, List<String> accepted) {
        this.table = table;
        this.problems = problems;
        this.source = source;
        this.accepted = accepted;
    }

    /** What was let through because the file accepts it, as sentences. */
    List<String> untested() {
        return List.copyOf(untested);
    }

    /**
     * The version of each needed component; none for a directory, whose lock says what it holds.
     *
     * @param needed component to the place in the file that asks for it
     */
    Map<String, String> versions(String kubernetesVersion, Map<String, Pointer> needed) {
        Map<String, String> versions = new TreeMap<>();
        if (table.knows(source)) {
            Map<String, Offer> offers = table.offers(source);
            checkKubernetes(kubernetesVersion, offers);
            needed.forEach((component, place) -> {
                Offer offer = offers.get(component);
                if (offer == null) {
                    problems.add(
                            Code.NOT_IN_BUNDLE,
                            place,
                            "the bundle source '" + source + "' has no " + component,
                            "choose another bundle, or leave this out");
                } else {
                    versions.put(component, offer.versions().getFirst());
                }
            });
            versions.put("kubernetes", kubernetesVersion);
            versions.forEach((component, version) -> checkPair(component, version, kubernetesVersion));
        }
        checkAccepted();
        return Collections.unmodifiableMap(versions);
    }

    private void checkKubernetes(String version, Map<String, Offer> offers) {
        List<String> known =
                offers.getOrDefault("kubernetes", new Offer(List.of(), "")).versions();
        if (known.contains(version)) {
            return;
        }
        String finding = "Kubernetes " + version + " is not in the table; the source '" + source + "' has "
                + String.join(", ", known);
        refuse(Code.UNKNOWN_VERSION, VERSION, "kubernetes", finding);
    }

    private void checkPair(String component, String version, String kubernetesVersion) {
        String minor = kubernetesVersion.substring(0, kubernetesVersion.lastIndexOf('.'));
        List<Row> rows = table.rows(component, version);
        if (!rows.isEmpty() && rows.stream().noneMatch(row -> row.allows(minor))) {
            String row = rows.stream()
                    .map(each -> each.range() + " (" + each.from() + ")")
                    .collect(Collectors.joining("; "));
            String finding = component + " " + version + " with Kubernetes " + minor
                    + " is outside the compatibility table, whose row says " + row;
            refuse(Code.UNTESTED_COMBINATION, BUNDLE, component, finding);
        }
    }

    private void refuse(Code code, Pointer place, String component, String finding) {
        used.add(component);
        if (accepted.contains(component)) {
            untested.add(finding + "; accepted by acceptUntested");
        } else {
            // Two components refused at one place are two problems.
            problems.addAnother(
                    code, place, finding, "accept it by name if you mean it: acceptUntested: [" + component + "]");
        }
    }

    private void checkAccepted() {
        for (int i = 0; i < accepted.size(); i++) {
            String component = accepted.get(i);
            if (!table.components().contains(component)) {
                problems.add(
                        Code.UNKNOWN_COMPONENT,
                        ACCEPTED.child(i),
                        "the compatibility table has no component '" + component + "'",
                        Suggestion.hint(
                                component, table.components(), "known: " + String.join(", ", table.components())));
            } else if (table.knows(source) && !used.contains(component)) {
                problems.add(
                        Code.NEEDLESS_ACCEPTANCE,
                        ACCEPTED.child(i),
                        component + " needs no acceptance: what this file asks of it is in the table",
                        "remove it, so that a later change is not accepted unseen");
            }
        }
    }
}
