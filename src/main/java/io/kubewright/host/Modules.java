package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
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

    /** What shall be in the kernel: a lab's kernel that loads nothing is asked only for what it has. */
    private boolean loads() {
        return !facts.has(Deviation.NO_MODULES);
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
        // A module that is built in and has no parameters shows up nowhere but in modules.builtin.
        String loaded =
                """
                for module in %s; do
                    if [ -e "/sys/module/$module" ] ||
                        grep -qs "/$module\\.ko" "/lib/modules/$(uname -r)/modules.builtin"; then
                        echo "loaded $module"
                    fi
                done
                """.formatted(Shell.words(modules.stream().map(Module::name).toList()));
        return (loads() ? loaded : "") + file().probe();
    }

    @Override
    public String desired(String observed) {
        return (loads()
                        ? modules.stream()
                                .map(module -> "loaded " + module.name() + "\n")
                                .collect(Collectors.joining())
                        : "")
                + file().state();
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return (loads()
                        ? modules.stream()
                                .filter(module -> !observed.lines().toList().contains("loaded " + module.name()))
                                .map(module -> "modprobe " + module.name() + "\n")
                                .collect(Collectors.joining())
                        : "")
                + file().put();
    }

    /** Loaded modules stay until the next boot: others may use them by now. */
    @Override
    public String undo() {
        return "kw_restore " + PATH + "\n";
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.NO_MODULES))
                .map(deviation -> deviation.why() + ": the file for the next boot is written, nothing is loaded");
    }
}
