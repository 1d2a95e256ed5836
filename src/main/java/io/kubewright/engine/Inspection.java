package io.kubewright.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** Asks every host what it is, all at once. */
public final class Inspection {
    /** How many words follow these. */
    private static final Map<String, Integer> WORDS = Map.of("link", 3, "address", 2, "place", 4);

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Links that the kernel, the pod network or the pods themselves make; of the host's own are all others. */
    private static final Pattern VIRTUAL =
            Pattern.compile("(lo|cali.*|veth.*|vxlan.*|tunl.*|kube-.*|sit0|ip6tnl0|gre0|gretap0|erspan0)");

    private Inspection() {}

    /**
     * What came of it, in the order of the file.
     *
     * @param facts of the hosts that answered
     * @param controlPlanes names of those that run an API server already
     * @param nodes names of those that hold anything of a node, whole or half made
     * @param joined names of those that hold themselves for nodes
     * @param unreachable why the others did not answer
     */
    public record Result(
            Map<String, HostFacts> facts,
            Set<String> controlPlanes,
            Set<String> nodes,
            Set<String> joined,
            Map<String, TargetException> unreachable) {}

    private record Told(HostFacts facts, boolean controlPlane, boolean node, boolean joined) {}

    public static Result of(Targets targets, List<String> names) throws InterruptedException {
        Map<String, Callable<Told>> tasks = new LinkedHashMap<>();
        names.forEach(name -> tasks.put(name, () -> ask(targets.get(name))));
        Map<String, HostFacts> facts = new LinkedHashMap<>();
        Set<String> controlPlanes = new LinkedHashSet<>();
        Set<String> nodes = new LinkedHashSet<>();
        Set<String> joined = new LinkedHashSet<>();
        Map<String, TargetException> unreachable = new LinkedHashMap<>();
        Scope.all(tasks).forEach((name, outcome) -> {
            switch (outcome) {
                case Scope.Outcome.Value<Told>(Told told) -> {
                    facts.put(name, told.facts());
                    if (told.controlPlane()) {
                        controlPlanes.add(name);
                    }
                    if (told.node()) {
                        nodes.add(name);
                    }
                    if (told.joined()) {
                        joined.add(name);
                    }
                }
                case Scope.Outcome.Failure<Told>(RuntimeException cause) ->
                    unreachable.put(name, TargetException.of(name, cause));
            }
        });
        return new Result(facts, controlPlanes, nodes, joined, unreachable);
    }

    /** What one host is. */
    public static HostFacts inspect(Target target) throws InterruptedException {
        return ask(target).facts();
    }

    private static Told ask(Target target) throws InterruptedException {
        HostScript script = HostScript.facts();
        ScriptResult result = target.run(script.text(), DEADLINE, line -> {});
        for (String line : result.stdout().lines().toList()) {
            Optional<Frame> frame = Frame.parse(script.mark(), line);
            if (frame.isPresent() && frame.get().word().equals("seen")) {
                String text = frame.get().text(1);
                return new Told(
                        parse(target.name(), text),
                        text.lines().anyMatch("control-plane"::equals),
                        text.lines().anyMatch("node"::equals),
                        text.lines().anyMatch("joined"::equals));
            }
            if (frame.isPresent() && frame.get().word().equals("blind")) {
                throw unknown(target.name(), frame.get().text(2));
            }
        }
        throw unknown(target.name(), result.stderr().strip());
    }

    private static TargetException unknown(String host, String said) {
        return new TargetException(
                host,
                TargetException.Code.PROTOCOL,
                "could not be inspected: " + (said.isEmpty() ? "its shell gave no answer" : said),
                "Log in by hand and run 'sh -c \"cat /etc/os-release; ip addr\"'; Kubewright needs a POSIX shell,"
                        + " coreutils, util-linux and iproute2.");
    }

    static HostFacts parse(String name, String text) {
        Map<String, String> single = new LinkedHashMap<>();
        Map<String, String[]> links = new LinkedHashMap<>();
        Map<String, List<String>> addresses = new LinkedHashMap<>();
        List<HostFacts.Place> places = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ");
            if (words.length <= WORDS.getOrDefault(words.length == 0 ? "" : words[0], 0)) {
                continue;
            }
            switch (words[0]) {
                case "link" -> links.put(words[1], words);
                case "address" ->
                    addresses.computeIfAbsent(words[1], _ -> new ArrayList<>()).add(words[2]);
                case "place" ->
                    places.add(new HostFacts.Place(
                            words[1], words[2], number(name, "place", words[3]), words[4].equals("writable")));
                default -> single.put(words[0], line.substring(Math.min(line.length(), words[0].length() + 1)));
            }
        }
        String[] os = single.getOrDefault("os", "unknown unknown").split(" ");
        List<HostFacts.Link> found = new ArrayList<>();
        links.forEach((link, words) -> {
            List<String> held = addresses.getOrDefault(link, List.of());
            if (!held.isEmpty() || !VIRTUAL.matcher(link).matches()) {
                found.add(new HostFacts.Link(link, (int) number(name, link, words[2]), words[3], List.copyOf(held)));
            }
        });
        return new HostFacts(
                name,
                single.getOrDefault("hostname", ""),
                os.length == 0 ? "unknown" : os[0],
                os.length < 2 ? "unknown" : os[1],
                single.getOrDefault("architecture", "unknown"),
                single.getOrDefault("kernel", "unknown"),
                (int) number(name, "cpus", single.getOrDefault("cpus", "1")),
                number(name, "memory", single.getOrDefault("memory", "0")) * 1024,
                (int) number(name, "cgroup", single.getOrDefault("cgroup", "1")),
                List.copyOf(found),
                Optional.ofNullable(single.get("default")),
                Optional.ofNullable(single.get("lab")),
                single.getOrDefault("machine-id", "none"),
                Optional.ofNullable(single.get("time-service")),
                Optional.ofNullable(single.get("firewall")),
                Optional.ofNullable(single.get("package-manager")),
                List.copyOf(places),
                Map.of());
    }

    private static long number(String host, String of, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw unknown(host, "of " + of + " it says '" + text + "', which is no number");
        }
    }
}
