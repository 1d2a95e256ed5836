package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.CONTROL_PLANES;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.WORKERS;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/** The table of faults as a page, made from the faults that {@link FaultsIT} makes. */
final class FaultTable {
    private FaultTable() {}

    static String page() {
        StringBuilder page =
                new StringBuilder("""
                # Faults and the proofs that show them

                Each fault is made for real on the lab's cluster when all proofs hold: exactly the named proofs turn red, every
                other one stays green, and all are green again after the cure. The test is `FaultsIT`: one fault by chance in
                every run, all of them with `./test -Dit.test=FaultsIT -Dkubewright.faults=all`. A possible red is one that a
                moment decides, for the reason that stands there. `proof/audit` and `proof/kubelet/certificate` count where the file asks
                for them, as the lab's does. This page is made from what that test expects.

                The lab has the control planes %s and the workers %s; the table tells of the faults at the node that is named.
                A red proof is written `path@target`; "pairs with n5" are all pairs of nodes of which one is n5, both ways.

                | fault | at | red | may be red too | the evidence says |
                |---|---|---|---|---|
                """.formatted(String.join(", ", CONTROL_PLANES), String.join(", ", WORKERS)));
        Fault.all().forEach(fault -> page.append(row(fault)));
        return page.toString();
    }

    private static String row(Fault fault) {
        String node = fault.example();
        Set<String> possible = fault.possible(node);
        return "| %s (`%s`) | %s | %s | %s | %s |%n"
                .formatted(
                        fault.what(),
                        fault.name(),
                        node,
                        grouped(fault.certain(node)),
                        possible.isEmpty() ? "" : grouped(possible) + "<br>when " + fault.reason(),
                        evidence(fault.evidence(node), node));
    }

    private static String grouped(Set<String> proofs) {
        StringJoiner lines = new StringJoiner("<br>");
        byPath(proofs).forEach((path, targets) -> lines.add("`" + path + "`@" + targets(targets)));
        return lines.toString();
    }

    private static Map<String, Set<String>> byPath(Set<String> proofs) {
        Map<String, Set<String>> paths = new TreeMap<>();
        proofs.forEach(proof -> {
            int at = proof.indexOf('@');
            paths.computeIfAbsent(proof.substring(0, at), _ -> new TreeSet<>()).add(proof.substring(at + 1));
        });
        return paths;
    }

    private static String targets(Set<String> targets) {
        if (targets.stream().anyMatch(target -> target.contains(">"))) {
            List<String> alone = HOSTS.stream()
                    .filter(node -> targets.containsAll(pairs(node)))
                    .toList();
            return "pairs with " + String.join(" or ", alone);
        }
        Set<String> rest = new TreeSet<>(targets);
        StringJoiner words = new StringJoiner(", ");
        if (rest.containsAll(HOSTS)) {
            HOSTS.forEach(rest::remove);
            words.add("every host");
        } else if (rest.containsAll(CONTROL_PLANES)) {
            CONTROL_PLANES.forEach(rest::remove);
            words.add("every control plane");
        }
        rest.forEach(words::add);
        return words.toString();
    }

    private static Set<String> pairs(String node) {
        return byPath(Red.pairsWith(node)).values().iterator().next();
    }

    /** What is told of single proofs; that the others name the node goes without saying. */
    private static String evidence(Map<String, String> evidence, String node) {
        Set<String> lines = new TreeSet<>();
        evidence.forEach((proof, words) -> {
            if (!words.equals(node)) {
                String path = proof.substring(0, proof.indexOf('@'));
                String target = proof.substring(path.length() + 1);
                lines.add("`" + path + "`: " + (target.equals(node) ? words : words.replace(target, "HOST")));
            }
        });
        return String.join("<br>", lines);
    }
}
