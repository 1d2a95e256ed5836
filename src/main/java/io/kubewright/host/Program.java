package io.kubewright.host;

import io.kubewright.spec.Table;
import java.util.List;

/**
 * A program that hosts need; a row of {@code programs.yaml}.
 *
 * @param set {@code node} or {@code time}
 */
record Program(String name, String set, Table.Row row) {
    private static final List<Program> TABLE = Table.read(Program.class, "programs.yaml").stream()
            .map(row -> new Program(row.text("program"), row.text("set"), row))
            .toList();

    /** @param time whether one that keeps the clock is needed too */
    static List<Program> table(boolean time) {
        return TABLE.stream()
                .filter(each -> each.set.equals("node") || time && each.set.equals("time"))
                .toList();
    }

    /** The packages that carry them, each once. */
    static List<String> packages(List<Program> programs, PackageManager manager) {
        return programs.stream()
                .flatMap(each -> each.row.optional(manager.column()).stream())
                .distinct()
                .toList();
    }
}
