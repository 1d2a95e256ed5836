package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.HOSTS;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sets of proofs, as {@code path@target}. */
final class Red {
    /** What a pod on the node is needed for, the pairs apart. */
    private static final String[] OF_PODS = {
        "proof/network/vxlan",
        "proof/network/service",
        "proof/network/node-port",
        "proof/network/policy/ingress",
        "proof/network/policy/egress",
        "proof/dns/cluster",
        "proof/dns/upstream"
    };

    private Red() {}

    static Set<String> at(String target, String... paths) {
        return Stream.of(paths).map(path -> path + "@" + target).collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<String> atEach(Collection<String> targets, String... paths) {
        return targets.stream()
                .flatMap(target -> at(target, paths).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of the pod network. */
    static Set<String> pairsWith(String node) {
        return pairsWith(node, "proof/network/pod-to-pod");
    }

    static Set<String> pairsWith(String node, String... paths) {
        return HOSTS.stream()
                .filter(other -> !other.equals(node))
                .flatMap(other -> Stream.of(node + ">" + other, other + ">" + node))
                .flatMap(pair -> at(pair, paths).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A node on which no proof pod comes up. */
    static Set<String> withoutPods(String node) {
        return all(at(node, OF_PODS), pairsWith(node));
    }

    @SafeVarargs
    static Set<String> all(Set<String>... sets) {
        return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The words for some proofs, and the node's name for all others. */
    static Map<String, String> naming(String node, Set<String> proofs, Map<String, String> words) {
        Map<String, String> all = new TreeMap<>(words);
        proofs.forEach(proof -> all.putIfAbsent(proof, node));
        return all;
    }
}
