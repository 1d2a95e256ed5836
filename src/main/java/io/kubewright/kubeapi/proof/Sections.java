package io.kubewright.kubeapi.proof;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A script's output in parts: each begins with a line {@code == NAME}. */
public final class Sections {
    private static final String MARK = "== ";

    private final Map<String, StringBuilder> parts = new LinkedHashMap<>();

    private Sections() {}

    public static Sections parse(String output) {
        Sections sections = new Sections();
        String name = "";
        for (String line : output.split("\n", -1)) {
            if (line.startsWith(MARK)) {
                name = line.substring(MARK.length());
                sections.parts.computeIfAbsent(name, _ -> new StringBuilder());
            } else {
                sections.parts
                        .computeIfAbsent(name, _ -> new StringBuilder())
                        .append(line)
                        .append('\n');
            }
        }
        return sections;
    }

    /** What the part holds, without space at its ends; empty when there is no such part. */
    public String get(String name) {
        StringBuilder text = parts.get(name);
        return text == null ? "" : text.toString().strip();
    }

    /** The parts whose name begins with the prefix, by the rest of their name. */
    public Map<String, String> under(String prefix) {
        return parts.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toMap(
                        name -> name.substring(prefix.length()), this::get, (a, _) -> a, LinkedHashMap::new));
    }
}
