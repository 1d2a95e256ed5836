package io.kubewright.host;

import io.kubewright.spec.Table;
import java.util.List;
import java.util.Optional;

/** A kernel module of {@code modules.yaml}. */
record Module(String name, String why, String source) {
    private static final List<Module> TABLE = Table.read(Module.class, "modules.yaml").stream()
            .map(row -> new Module(row.text("name"), row.text("why"), row.text("source")))
            .toList();

    static List<Module> table() {
        return TABLE;
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
