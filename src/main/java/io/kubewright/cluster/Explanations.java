package io.kubewright.cluster;

import io.kubewright.engine.Explanation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Why each step and proof exists: the {@code explain.yaml} of every room. */
public final class Explanations {
    private static final List<String> ROOMS =
            List.of("host", "kube", "network", "storage", "ingress", "registry", "gpu");

    private final Map<String, Explanation> byPath;

    private Explanations(Map<String, Explanation> byPath) {
        this.byPath = byPath;
    }

    /** Reads those of all rooms; a room without the file explains nothing. */
    public static Explanations load() {
        Map<String, Explanation> byPath = new TreeMap<>();
        for (String room : ROOMS) {
            String name = "/io/kubewright/" + room + "/explain.yaml";
            try (InputStream in = Explanations.class.getResourceAsStream(name)) {
                if (in != null) {
                    read(name, new Load(LoadSettings.builder().setLabel(name).build()).loadFromInputStream(in), byPath);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Explanations(byPath);
    }

    private static void read(String name, Object document, Map<String, Explanation> into) {
        if (!(document instanceof Map<?, ?> entries)) {
            throw new IllegalStateException(name + " is not a map of paths");
        }
        entries.forEach((path, fields) -> {
            if (!(fields instanceof Map<?, ?> texts)) {
                throw new IllegalStateException(name + ": " + path + " has no fields");
            }
            Explanation explanation = new Explanation(
                    String.valueOf(path),
                    text(name, path, texts, "why"),
                    text(name, path, texts, "rationale"),
                    text(name, path, texts, "source"),
                    text(name, path, texts, "without"),
                    text(name, path, texts, "undone"));
            into.put(explanation.path(), explanation);
        });
    }

    private static String text(String name, Object path, Map<?, ?> texts, String field) {
        Object value = texts.get(field);
        if (value == null) {
            throw new IllegalStateException(name + ": " + path + " lacks '" + field + "'");
        }
        return Objects.toString(value).strip();
    }

    /** The explanation of a path: its own, or that of the nearest path above it. */
    public Optional<Explanation> of(String path) {
        for (String at = path; !at.isEmpty(); at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "") {
            Explanation found = byPath.get(at);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** One line for plans; empty when there is none. */
    public String why(String path) {
        return of(path).map(Explanation::why).orElse("");
    }

    /** All of them, ordered by path. */
    public List<Explanation> all() {
        return new ArrayList<>(byPath.values());
    }
}
