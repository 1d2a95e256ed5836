package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Kernel modules, now and at every boot. What is built in counts as loaded. */
record Modules(StepId id, Set<StepId> needs, List<Module> modules, HostFacts facts) implements HostResource {
    private static final String PATH = "/etc/modules-load.d/kubewright.conf";
    private static final String FUNCTIONS = ShellFunctions.of("modules.sh");
    private static final String LOADED = "loaded ";
    private static final String ABSENT = "absent ";

    /** What shall be in the kernel: a lab's kernel that loads nothing is asked only for what it has. */
    private boolean loads() {
        return !facts.has(Deviation.NO_MODULES);
    }

    private List<String> names() {
        return modules.stream().map(Module::name).toList();
    }

    private TextFile file() {
        return new TextFile(
                PATH,
                "0644",
                modules.stream()
                        .map(module -> "# " + module.why() + "\n" + module.name() + "\n")
                        .collect(Collectors.joining()));
    }

    @Override
    public String probe() {
        return (loads() ? FUNCTIONS + "look " + Shell.words(names()) + "\n" : "") + file().probe();
    }

    @Override
    public String desired(String observed) {
        return (loads() ? names().stream().map(name -> LOADED + name + "\n").collect(Collectors.joining()) : "")
                + file().state();
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        List<String> there = observed.lines().toList();
        List<String> missing = names().stream()
                .filter(name -> loads() && !there.contains(LOADED + name))
                .toList();
        return (missing.isEmpty() ? "" : FUNCTIONS + "load " + Shell.words(missing) + "\n") + file().put();
    }

    @Override
    public String undo() {
        return FUNCTIONS + "kw_restore " + PATH + "\nunload\n";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        List<String> absent = observed.lines()
                .filter(line -> line.startsWith(ABSENT))
                .map(line -> line.substring(ABSENT.length()))
                .toList();
        return absent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "the kernel %s lacks %s: %s"
                                .formatted(
                                        facts.kernel(),
                                        String.join(", ", absent),
                                        modules.stream()
                                                .filter(module -> absent.contains(module.name()))
                                                .map(Module::why)
                                                .collect(Collectors.joining("; "))),
                        Module.carrier(facts.osId())
                                .map(carrier -> "install " + carrier.replace("@KERNEL@", facts.kernel())
                                        + " on the host, which carries further modules, and boot that kernel")
                                .orElse("boot a kernel that has them")));
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.NO_MODULES))
                .map(deviation -> deviation.why() + ": the file for the next boot is written, nothing is loaded");
    }
}
