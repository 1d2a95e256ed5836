package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    private static final String PATH = "/etc/sysctl.d/90-kubewright.conf";
    private static final String FUNCTIONS = resource();

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
        new TreeMap<>(section.sysctlExtra())
                .forEach((key, value) ->
                        byKey.put(key, Parameter.extra(key, value, Optional.ofNullable(byKey.get(key)))));
        return List.copyOf(byKey.values());
    }

    @Override
    public String probe() {
        return FUNCTIONS
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

    private static String resource() {
        try (InputStream in = Sysctl.class.getResourceAsStream("sysctl.sh")) {
            if (in == null) {
                throw new IllegalStateException("the build lacks the resource sysctl.sh");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
