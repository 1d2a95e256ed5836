package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/** Manifests as text: YAML or JSON in, canonical YAML out. */
public final class KubeYaml {
    private static final int LARGEST_DOCUMENT = 64 * 1024 * 1024;

    private KubeYaml() {}

    /**
     * All objects of a manifest with any number of documents; those of a {@code List} are taken out of it.
     *
     * @param source names the text in messages
     * @throws ApiException with {@link ApiException.Code#MALFORMED} when it is not YAML, or a document is not an object
     */
    public static List<KubeObject> read(String source, String text) {
        List<KubeObject> objects = new ArrayList<>();
        try {
            int document = 0;
            for (Object each : load(source).loadAllFromString(text)) {
                document++;
                if (each != null) {
                    addTo(objects, source + ", document " + document, each);
                }
            }
        } catch (YamlEngineException e) {
            throw malformed(source + " is not YAML: " + e.getMessage(), e);
        }
        return List.copyOf(objects);
    }

    /**
     * The one object of a text.
     *
     * @throws ApiException with {@link ApiException.Code#MALFORMED} when there is not exactly one
     */
    public static KubeObject readOne(String source, String text) {
        List<KubeObject> objects = read(source, text);
        if (objects.size() != 1) {
            throw malformed(source + " holds " + objects.size() + " objects where one was expected", null);
        }
        return objects.getFirst();
    }

    /** One document whose text depends on its content alone: keys sorted, block style, long texts as literal blocks. */
    public static String write(KubeObject object) {
        return write(object.content());
    }

    /** The objects as one manifest, each document as {@link #write(KubeObject)} has it. */
    public static String write(List<KubeObject> objects) {
        StringBuilder text = new StringBuilder();
        for (KubeObject object : objects) {
            text.append("---\n").append(write(object));
        }
        return text.toString();
    }

    static String write(Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setSplitLines(false)
                .setDereferenceAliases(true)
                .build();
        return new Dump(settings, new Canonical(settings)).dumpToString(sorted(value));
    }

    private static Load load(String source) {
        return new Load(LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(LARGEST_DOCUMENT)
                .setSchema(new OctalNumbers())
                .build());
    }

    private static void addTo(List<KubeObject> objects, String place, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw malformed(place + " is not an object but " + value.getClass().getSimpleName(), null);
        }
        Map<String, Object> content = new LinkedHashMap<>();
        map.forEach((key, each) -> {
            if (each != null) {
                content.put(String.valueOf(key), each);
            }
        });
        if ("List".equals(content.get("kind"))) {
            Values.list(content.get("items")).forEach(item -> addTo(objects, place, item));
            return;
        }
        KubeObject object = new KubeObject(content);
        if (object.apiVersion().isEmpty() || object.kind().isEmpty()) {
            throw malformed(place + " has no apiVersion or no kind", null);
        }
        objects.add(object);
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?>) {
            Map<String, Object> sorted = new TreeMap<>();
            Values.map(value).forEach((key, each) -> sorted.put(key, sorted(each)));
            return sorted;
        }
        return value instanceof List<?>
                ? Values.list(value).stream().map(KubeYaml::sorted).toList()
                : value;
    }

    private static ApiException malformed(String message, @Nullable Throwable cause) {
        return new ApiException(
                ApiException.Code.MALFORMED,
                message,
                "Look at the named place; a bundle is checked by `kubewright bundle verify`.",
                cause);
    }

    /** {@code defaultMode: 0744} is a number to whoever reads YAML 1.1, as kubectl does, and a text to YAML 1.2. */
    private static final class OctalNumbers extends JsonSchema {
        private static final Pattern OCTAL = Pattern.compile("0[0-7]+");

        @Override
        public ScalarResolver getScalarResolver() {
            ScalarResolver others = super.getScalarResolver();
            return (value, implicit) ->
                    implicit && OCTAL.matcher(value).matches() ? Tag.INT : others.resolve(value, implicit);
        }

        @Override
        public Map<Tag, ConstructNode> getSchemaTagConstructors() {
            Map<Tag, ConstructNode> constructors = new HashMap<>(super.getSchemaTagConstructors());
            ConstructNode decimal = Objects.requireNonNull(constructors.get(Tag.INT));
            constructors.put(
                    Tag.INT,
                    node -> node instanceof ScalarNode scalar
                                    && OCTAL.matcher(scalar.getValue()).matches()
                            ? Integer.valueOf(scalar.getValue(), 8)
                            : decimal.construct(node));
            return constructors;
        }
    }

    /** Writes texts of several lines as literal blocks, so that diffs show single lines of them. */
    private static final class Canonical extends StandardRepresenter {
        /** Plain texts that YAML 1.1 readers, kubectl among them, could take for a boolean or a number. */
        private static final Pattern AMBIGUOUS =
                Pattern.compile("(?i)y|n|yes|no|on|off|[-+]?[0-9][0-9_,:.xbo]*|[0-9]{4}-[0-9]{2}-[0-9]{2}.*");

        Canonical(DumpSettings settings) {
            super(settings);
        }

        @Override
        protected Node representScalar(Tag tag, String value, ScalarStyle style) {
            if (!tag.equals(Tag.STR)) {
                return super.representScalar(tag, value, style);
            }
            if (value.indexOf('\n') >= 0) {
                return super.representScalar(tag, value, ScalarStyle.LITERAL);
            }
            boolean ambiguous = AMBIGUOUS.matcher(value).matches();
            return super.representScalar(tag, value, ambiguous ? ScalarStyle.DOUBLE_QUOTED : style);
        }
    }
}
