package io.kubewright.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files within a canonical text: a line {@code file PATH …}, and after it the lines of content, indented. */
final class FileBlocks {
    private FileBlocks() {}

    /** By path. */
    private static Map<String, String> of(String text) {
        Map<String, String> blocks = new LinkedHashMap<>();
        String path = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("file ")) {
                path = line.split(" ", 3)[1];
            } else if (!line.startsWith("  ")) {
                path = "";
            }
            if (!path.isEmpty()) {
                blocks.merge(path, line + "\n", String::concat);
            }
        }
        return blocks;
    }

    /** Files that are neither as they were applied, nor as they were before, nor gone: a diff of each. */
    static Optional<String> changes(String applied, String before, String found) {
        Map<String, String> earlier = of(before);
        Map<String, String> now = of(found);
        StringBuilder changes = new StringBuilder();
        of(applied).forEach((path, block) -> {
            String there = now.get(path);
            if (there != null && !there.equals(block) && !there.equals(earlier.get(path))) {
                changes.append(Diff.unified(block, there));
            }
        });
        return changes.isEmpty() ? Optional.empty() : Optional.of(changes.toString());
    }
}
