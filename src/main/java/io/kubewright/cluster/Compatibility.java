package io.kubewright.cluster;

import io.kubewright.spec.Document;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.Mark;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The compatibility table: defaults, the versions of each bundle source, and which of them are known to fit. */
public final class Compatibility {
    private static final String RESOURCE = "compatibility.yaml";
    private static final Mapping NO_DEFAULTS = new Mapping(new LinkedHashMap<>(), new Mark(1, 1));

    private final Document document;
    private final Map<String, Map<String, Offer>> sources;
    private final List<Row> rows;

    /** What a bundle source has of a component; the first version is the one taken when nothing else is asked for. */
    record Offer(List<String> versions, String from) {}

    /**
     * Which Kubernetes a component's makers name for it.
     *
     * @param version leading part of the component's version
     * @param kubernetes minor versions; empty where only a least one is named
     * @param from where the row was read
     */
    record Row(String component, String version, List<String> kubernetes, Optional<String> least, String from) {
        boolean isFor(String name, String exactVersion) {
            return component.equals(name) && (exactVersion + ".").startsWith(version + ".");
        }

        boolean allows(String minor) {
            return kubernetes.contains(minor) || least.isPresent() && number(minor) >= number(least.get());
        }

        String range() {
            return least.map(first -> first + " or later").orElseGet(() -> String.join(", ", kubernetes));
        }

        private static int number(String minor) {
            return Integer.parseInt(minor.substring(minor.indexOf('.') + 1));
        }
    }

    private Compatibility(Document document) {
        this.document = document;
        Fields root = Fields.of(document, NO_DEFAULTS, new Problems(document));
        Fields sourceFields = root.section("sources");
        this.sources = new LinkedHashMap<>();
        mapping("sources")
                .entries()
                .keySet()
                .forEach(source -> sources.put(source, offers(sourceFields.section(source))));
        this.rows = root.sections("tested").stream().map(Compatibility::row).toList();
    }

    public static Compatibility load() {
        try (InputStream stream = Compatibility.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + RESOURCE);
            }
            return new Compatibility(
                    Document.parse(RESOURCE, new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Offer> offers(Fields source) {
        Map<String, Offer> offers = new LinkedHashMap<>();
        for (String component : source.keys()) {
            Fields offer = source.section(component);
            offers.put(
                    component,
                    new Offer(
                            Item.values(offer.texts("versions")),
                            offer.text("from").orElseThrow()));
        }
        return offers;
    }

    private static Row row(Fields row) {
        return new Row(
                row.text("component").orElseThrow(),
                row.text("version").orElseThrow(),
                Item.values(row.texts("kubernetes")),
                row.text("least"),
                row.text("from").orElseThrow());
    }

    private Mapping mapping(String key) {
        return (Mapping) document.find(Pointer.ROOT.child(key)).orElseThrow();
    }

    /** The defaults in the shape of a cluster file. */
    public Mapping defaults() {
        return mapping("defaults");
    }

    /** Every component any source knows. */
    public Set<String> components() {
        Set<String> components = new LinkedHashSet<>();
        sources.values().forEach(offers -> components.addAll(offers.keySet()));
        return components;
    }

    /** Whether the table knows the source; it knows nothing of directories. */
    boolean knows(String source) {
        return sources.containsKey(source);
    }

    Map<String, Offer> offers(String source) {
        return sources.getOrDefault(source, Map.of());
    }

    List<Row> rows(String component) {
        return rows.stream().filter(row -> row.component().equals(component)).toList();
    }

    List<Row> rows(String component, String version) {
        return rows.stream().filter(row -> row.isFor(component, version)).toList();
    }
}
