package io.kubewright.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the package sources of this machine, in both of apt's formats (sources.list(5)). */
final class AptSources {
    /**
     * Where Debian packages come from.
     *
     * @param trusted whether the machine takes it without a signature
     */
    record Mirror(String uri, boolean trusted) {}

    private AptSources() {}

    /** Sources in apt's one-line format that may hold a Debian release. */
    static List<Mirror> oneLine(String text) {
        List<Mirror> found = new ArrayList<>();
        for (String raw : text.split("\n")) {
            String line = raw.replaceFirst("#.*", "").strip();
            if (!line.startsWith("deb ") && !line.startsWith("deb\t")) {
                continue;
            }
            String rest = line.substring(4).strip();
            String options = "";
            if (rest.startsWith("[") && rest.contains("]")) {
                options = rest.substring(1, rest.indexOf(']'));
                rest = rest.substring(rest.indexOf(']') + 1).strip();
            }
            List<String> words = Arrays.asList(rest.split("\\s+"));
            if (words.size() >= 3) {
                add(
                        found,
                        words.get(0),
                        words.subList(1, 2),
                        words.subList(2, words.size()),
                        options.contains("trusted=yes"));
            }
        }
        return found;
    }

    /** Sources in apt's deb822 format that may hold a Debian release. */
    static List<Mirror> deb822(String text) {
        List<Mirror> found = new ArrayList<>();
        for (String stanza : text.replaceAll("(?m)^#.*\n?", "").split("\n\\s*\n")) {
            Map<String, String> fields = fields(stanza);
            if (!words(fields, "types").contains("deb")
                    || words(fields, "enabled").contains("no")) {
                continue;
            }
            for (String uri : words(fields, "uris")) {
                add(
                        found,
                        uri,
                        words(fields, "suites"),
                        words(fields, "components"),
                        words(fields, "trusted").contains("yes"));
            }
        }
        return found;
    }

    private static Map<String, String> fields(String stanza) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : stanza.replaceAll("\n[ \t]+", " ").split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    private static List<String> words(Map<String, String> fields, String name) {
        return Arrays.asList(fields.getOrDefault(name, "").split("\\s+"));
    }

    private static void add(
            List<Mirror> found, String uri, List<String> suites, List<String> components, boolean trusted) {
        // Updates, security and backports hold no release of their own.
        boolean release = suites.stream().anyMatch(suite -> suite.matches("[a-z]+"));
        Mirror mirror = new Mirror(uri.replaceFirst("/+$", ""), trusted);
        if (release && components.contains("main") && uri.matches("(https?|file|ftp):.*") && !found.contains(mirror)) {
            found.add(mirror);
        }
    }
}
