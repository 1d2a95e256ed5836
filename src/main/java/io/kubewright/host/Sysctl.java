package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kernel parameters, now and at every boot. A parameter that is to be at least so much is never lowered: where the host
 * has more, that value is what our file sets too.
 *
 * <p>Parameters that come with a module are read as "not set" until our file holds them, so that loading the module in
 * the same run does not change what was planned.
 */
record Sysctl(StepId id, Set<StepId> needs, List<Parameter> parameters, List<String> leftOut, HostFacts facts)
        implements HostResource {
    private static final String PATH = "/etc/sysctl.d/99-zz-kubewright.conf";
    private static final String FUNCTIONS = ShellFunctions.of("sysctl.sh");
    private static final Pattern OVERRIDDEN =
            Pattern.compile("(?<key>[^:]+): .*, at boot (?<value>.*) by (?<file>/.*)");

    static Sysctl of(StepId id, Set<StepId> needs, HostSection section, HostFacts facts, boolean ipv6) {
        List<Parameter> wanted = wanted(section, ipv6);
        boolean shared = facts.has(Deviation.SHARED_KERNEL);
        return new Sysctl(
                id,
                needs,
                wanted.stream()
                        .filter(parameter -> !shared || parameter.ownPerHost())
                        .toList(),
                wanted.stream()
                        .filter(parameter -> shared && !parameter.ownPerHost())
                        .map(Parameter::key)
                        .toList(),
                facts);
    }

    /** The table's rows that apply, the throughput row of a key before the required one, the file's own before both. */
    private static List<Parameter> wanted(HostSection section, boolean ipv6) {
        Map<String, Parameter> byKey = new LinkedHashMap<>();
        Parameter.table().stream()
                .filter(row -> !row.throughput() || section.sysctlTier() == HostSection.SysctlTier.THROUGHPUT)
                .filter(row -> !row.ipv6() || ipv6)
                .forEach(row -> byKey.put(row.key(), row));
        new TreeMap<>(section.sysctlExtra()).forEach((name, value) -> {
            String key = Parameter.canonical(name);
            byKey.put(key, Parameter.extra(key, value, Optional.ofNullable(byKey.get(key))));
        });
        return List.copyOf(byKey.values());
    }

    @Override
    public String probe() {
        return FUNCTIONS
                + "begin_look\n"
                + parameters.stream()
                        .map(parameter -> "look " + arguments(parameter) + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public String desired(String observed) {
        return parameters.stream()
                .map(parameter -> "%s: %s, at boot %s\n".formatted(parameter.key(), parameter.goal(), parameter.goal()))
                .collect(Collectors.joining());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return FUNCTIONS
                + "begin_set\n"
                + parameters.stream()
                        .map(parameter -> "set_parameter " + arguments(parameter) + "\n")
                        .collect(Collectors.joining())
                + "end_set\n";
    }

    @Override
    public String undo() {
        return FUNCTIONS + "put_back\n";
    }

    /** A file that is read after ours has the last word at boot, and is somebody else's. */
    @Override
    public Optional<Refusal> refusal(String observed) {
        return observed.lines()
                .map(OVERRIDDEN::matcher)
                .filter(Matcher::matches)
                .filter(line -> isAfterOurs(line.group("file")))
                .findFirst()
                .map(line -> new Refusal(
                        "%s sets %s = %s at boot, after our own file"
                                .formatted(line.group("file"), line.group("key"), line.group("value")),
                        "take that line out of it; the value that is needed: " + goal(line.group("key"))));
    }

    private static boolean isAfterOurs(String file) {
        return file.startsWith("/etc/ufw/") || name(file).compareTo(name(PATH)) > 0;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private String goal(String key) {
        return parameters.stream()
                .filter(parameter -> parameter.key().equals(key))
                .map(Parameter::goal)
                .collect(Collectors.joining());
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.SHARED_KERNEL))
                .filter(_ -> !leftOut.isEmpty())
                .map(deviation -> deviation.why() + ": left out are " + String.join(", ", leftOut));
    }

    private static String arguments(Parameter parameter) {
        return Shell.words(
                parameter.key(),
                parameter.value(),
                parameter.atLeast() ? "at-least" : "exactly",
                parameter.module().isPresent() ? "module" : "kernel");
    }
}
