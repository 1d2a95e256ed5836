package io.kubewright.host;

import java.util.List;

/** A kernel module of {@code modules.yaml}. */
record Module(String name, String why, String source) {
    static List<Module> table() {
        return Table.read("modules.yaml").stream()
                .map(row -> new Module(row.text("name"), row.text("why"), row.text("source")))
                .toList();
    }
}
