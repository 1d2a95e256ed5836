package io.kubewright.host;

import io.kubewright.spec.Table;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kernel module of {@code modules.yaml}.
 *
 * @param use for what a file may ask that needs it; empty when every host does
 */
record Module(String name, Optional<String> use, String why, String source) {
    private static final List<Module> TABLE = Table.read(Module.class, "modules.yaml").stream()
            .map(row -> new Module(row.text("name"), row.optional("for"), row.text("why"), row.text("source")))
            .toList();

    /** Those that hosts need for these uses. */
    static List<Module> of(Set<String> uses) {
        return TABLE.stream()
                .filter(module ->
                        module.use().isEmpty() || uses.contains(module.use().get()))
                .toList();
    }

    /**
     * The package that carries modules which the smaller kernels of an operating system lack; {@code @KERNEL@} stands for the
     * release of the kernel.
     *
     * @param osId ID of os-release
     */
    static Optional<String> carrier(String osId) {
        return Table.read(Module.class, "module-packages.yaml").stream()
                .filter(row -> row.text("os").equals(osId))
                .map(row -> row.text("package"))
                .findFirst();
    }
}
