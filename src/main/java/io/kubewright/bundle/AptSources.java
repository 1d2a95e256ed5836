package io.kubewright.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Turns the Debian archives that a machine's apt knows into the same archives for another suite. */
final class AptSources {
    /** Suites of Debian's own archives; others, such as those of vendors, are not carried over. */
    private static final List<String> ENDINGS = List.of("", "-updates", "-security");

    private AptSources() {}

    /** One-line format: {@code deb [options] URI suite component…}. */
    static String lines(String text, String from, String to) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("deb "))
                .map(line -> line(line, from, to))
                .collect(Collectors.joining());
    }

    private static String line(String line, String from, String to) {
        int optionsEnd = line.contains("]") ? line.indexOf(']') + 1 : "deb".length();
        String[] words = line.substring(optionsEnd).strip().split("\\s+");
        List<String> components = List.of(words).subList(Math.min(2, words.length), words.length);
        if (words.length < 3 || !components.contains("main") || !ours(words[1], from)) {
            return "";
        }
        return line.substring(0, optionsEnd) + " " + words[0] + " " + to + words[1].substring(from.length())
                + " main\n";
    }

    /** Stanzas of the deb822 format. */
    static String stanzas(String text, String from, String to) {
        return Arrays.stream(text.split("\n\\s*\n"))
                .map(stanza -> stanza(stanza, from, to))
                .collect(Collectors.joining());
    }

    private static String stanza(String stanza, String from, String to) {
        StringBuilder result = new StringBuilder();
        boolean suites = false;
        boolean main = false;
        for (String line : stanza.lines().toList()) {
            String[] field = line.split(":", 2);
            switch (field[0].strip()) {
                case "Suites" -> {
                    String kept = Arrays.stream(field[1].strip().split("\\s+"))
                            .filter(suite -> ours(suite, from))
                            .map(suite -> to + suite.substring(from.length()))
                            .collect(Collectors.joining(" "));
                    suites = !kept.isEmpty();
                    result.append("Suites: ").append(kept).append('\n');
                }
                case "Components" -> {
                    main = List.of(field[1].strip().split("\\s+")).contains("main");
                    result.append("Components: main\n");
                }
                case "Types" -> result.append("Types: deb\n");
                case "Enabled" -> {
                    if (field[1].strip().equals("no")) {
                        return "";
                    }
                }
                default -> {
                    if (!line.startsWith("#")) {
                        result.append(line).append('\n');
                    }
                }
            }
        }
        return suites && main ? result.append('\n').toString() : "";
    }

    private static boolean ours(String suite, String from) {
        return ENDINGS.stream().anyMatch(ending -> suite.equals(from + ending));
    }
}
