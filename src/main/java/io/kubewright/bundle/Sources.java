package io.kubewright.bundle;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Where the user lets release files and images come from: sources.yaml. The catalogue names them by the source's name, such
 * as {@code registry.k8s.io}; the name says what a thing is, this says where to get it.
 *
 * @param file what was read; empty when there is none, and every source is fetched from under its own name
 * @param places base addresses by source, in the order in which they are asked
 * @param othersRefused whether a source that the file does not name is refused
 */
public record Sources(Optional<Path> file, Map<String, List<URI>> places, boolean othersRefused) {
    /** Every source under its own name. */
    public static final Sources ORIGINS = new Sources(Optional.empty(), Map.of(), false);

    private static final String SCHEMA = "kubewright.io/sources/v1";
    private static final String ORIGIN = "origin";
    private static final String OTHERS = "others";
    private static final Set<String> KEYS = Set.of("schema", "sources", OTHERS);

    /**
     * Reads the file that was named, else {@code $KUBEWRIGHT_SOURCES}, else {@code kubewright/sources.yaml} under
     * {@code $XDG_CONFIG_HOME} or {@code ~/.config}, where there is one.
     *
     * @throws BundleException {@code SOURCES} when a named file is not there or a file is wrong
     */
    public static Sources find(Optional<Path> named, Map<String, String> environment) {
        Optional<Path> told = named.or(() -> Optional.of(environment.getOrDefault("KUBEWRIGHT_SOURCES", ""))
                .filter(name -> !name.isEmpty())
                .map(Path::of));
        if (told.isPresent()) {
            return read(told.get());
        }
        String general = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = general.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")), ".config")
                : Path.of(general);
        Path usual = base.resolve("kubewright").resolve("sources.yaml");
        return Files.exists(usual) ? read(usual) : ORIGINS;
    }

    private static Sources read(Path file) {
        try {
            return parse(file, Files.readString(file));
        } catch (IOException unreadable) {
            throw wrong(file, "it cannot be read (" + unreadable + ")", unreadable);
        }
    }

    static Sources parse(Path file, String text) {
        Object tree;
        try {
            tree = new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
        } catch (YamlEngineException malformed) {
            throw wrong(file, String.valueOf(malformed.getMessage()), malformed);
        }
        if (!(tree instanceof Map<?, ?> root) || !SCHEMA.equals(root.get("schema"))) {
            throw wrong(file, "it does not begin with `schema: " + SCHEMA + "`", null);
        }
        root.keySet().stream().filter(key -> !KEYS.contains(key)).findFirst().ifPresent(key -> {
            throw wrong(file, "it has no key '" + key + "'; known are schema, sources and others", null);
        });
        Map<String, List<URI>> places = new LinkedHashMap<>();
        switch (root.get("sources")) {
            case null -> {}
            case Map<?, ?> named ->
                named.forEach(
                        (name, value) -> places.put(String.valueOf(name), bases(file, String.valueOf(name), value)));
            case Object other ->
                throw wrong(file, "sources is '" + other + "', not a mapping from names to addresses", null);
        }
        return new Sources(Optional.of(file), places, refusesOthers(file, root.get(OTHERS)));
    }

    private static boolean refusesOthers(Path file, @Nullable Object value) {
        return switch (value) {
            case null -> false;
            case String word when word.equals(ORIGIN) -> false;
            case String word when word.equals("refuse") -> true;
            case Object other -> throw wrong(file, "others is '" + other + "', neither origin nor refuse", null);
        };
    }

    private static List<URI> bases(Path file, String name, @Nullable Object value) {
        List<?> written = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        if (written.isEmpty()) {
            throw wrong(file, name + " has no address", null);
        }
        List<URI> bases = new ArrayList<>();
        written.forEach(each -> bases.add(each.equals(ORIGIN) ? origin(name) : base(file, name, String.valueOf(each))));
        return List.copyOf(bases);
    }

    private static URI base(Path file, String name, String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
                throw wrong(file, name + " is at '" + text + "', which is no http or https address", null);
            }
            if (uri.getUserInfo() != null) {
                throw wrong(
                        file,
                        name + " has a login in its address; a registry's belongs into the file that"
                                + " `docker login` or `podman login` writes",
                        null);
            }
            return uri;
        } catch (URISyntaxException malformed) {
            throw wrong(file, name + " is at '" + text + "', which is no address", malformed);
        }
    }

    private static URI origin(String name) {
        return URI.create("https://" + name);
    }

    /**
     * The base addresses of a source, in the order in which they are to be asked.
     *
     * @throws BundleException {@code SOURCES} when the file refuses what it does not name
     */
    List<URI> of(String source) {
        List<URI> own = places.get(source);
        if (own != null) {
            return own;
        }
        if (othersRefused) {
            throw new BundleException(
                    BundleException.Code.SOURCES,
                    file.map(Path::toString).orElse("sources.yaml") + ": it does not say where " + source
                            + " is served, and refuses others",
                    "Add under sources: `" + source + ": https://…`, or say `others: origin`.");
        }
        return List.of(origin(source));
    }

    private static BundleException wrong(Path file, String why, @Nullable Throwable cause) {
        return new BundleException(
                BundleException.Code.SOURCES, file + ": " + why, "docs/reference/sources.md shows the format.", cause);
    }
}
