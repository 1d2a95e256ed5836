package io.kubewright.spec;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Node.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema of the whole file, put together from the rooms' parts. */
public final class FileSchema {
    private static final Map<String, String> TYPE_WORDS = Map.of(
            "string", "a text",
            "integer", "a whole number",
            "number", "a number",
            "boolean", "true or false",
            "array", "a list",
            "object", "a mapping",
            "null", "nothing");

    /** Keywords that are reported first, the last one before all others. */
    private static final List<String> ORDER = List.of("additionalProperties", "type");

    private final JsonNode json;
    private final Schema schema;

    private FileSchema(JsonNode json) {
        this.json = json;
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(json);
    }

    public static FileSchema compose(List<SectionSchema> sections) {
        ObjectNode json = (ObjectNode) SectionSchema.resource(FileSchema.class, "file.schema.json");
        ObjectNode properties = (ObjectNode) json.get("properties");
        sections.forEach(section -> properties.set(section.key(), section.schema()));
        return new FileSchema(json);
    }

    public JsonNode json() {
        return json;
    }

    /** Adds what the schema finds wrong, at most one problem a value. */
    public void validate(Document document, Problems problems) {
        List<Error> errors = new ArrayList<>(schema.validate(CanonicalJson.forSchema(document.root())));
        // A wrong type explains every other error of the same value, a misspelt key why another is missing.
        errors.sort(Comparator.comparing(error -> ORDER.indexOf(error.getKeyword()), Comparator.reverseOrder()));
        errors.forEach(error -> report(error, document, problems));
    }

    private void report(Error error, Document document, Problems problems) {
        Pointer pointer = pointer(error.getInstanceLocation());
        JsonNode rule = error.getSchemaNode();
        String found = document.find(pointer).map(Node::kind).orElse("nothing");
        String name = pointer.segments().isEmpty() ? "the file" : pointer.words();
        switch (error.getKeyword()) {
            case "additionalProperties", "unevaluatedProperties" -> unknownKey(error, pointer, problems);
            case "required" -> missingKey(error, pointer, name, document, problems);
            case "type" -> wrongType(pointer, name, rule, found, document, problems);
            case "enum" -> notAllowed(pointer, name, words(rule), document, problems);
            case "const" -> notAllowed(pointer, name, List.of(rule.asString()), document, problems);
            case "minimum" ->
                problems.add(
                        Code.OUT_OF_RANGE, pointer, name + " is " + found + ", the least is " + rule.asString(), "");
            case "maximum" ->
                problems.add(
                        Code.OUT_OF_RANGE, pointer, name + " is " + found + ", the most is " + rule.asString(), "");
            case "minItems", "minProperties" ->
                problems.add(Code.TOO_FEW, pointer, name + " needs at least " + rule.asString() + entries(rule), "");
            case "maxItems", "maxProperties" ->
                problems.add(Code.TOO_MANY, pointer, name + " takes at most " + rule.asString() + entries(rule), "");
            case "uniqueItems" ->
                problems.add(Code.DUPLICATE, pointer, name + " has an entry twice", "remove one of them");
            case "minLength" ->
                problems.add(Code.EMPTY_VALUE, pointer, name + " is empty", "give it a value, or remove the key");
            default -> problems.add(Code.BAD_FORMAT, pointer, name + " is not written as it must be", "");
        }
    }

    private static String entries(JsonNode rule) {
        return rule.asInt() == 1 ? " entry" : " entries";
    }

    private void unknownKey(Error error, Pointer pointer, Problems problems) {
        List<String> known = ruleAround(error)
                .map(rule -> List.copyOf(rule.path("properties").propertyNames()))
                .orElse(List.of());
        String where = pointer.segments().isEmpty() ? "here" : "in " + pointer.words();
        problems.addAtKey(
                Code.UNKNOWN_KEY,
                pointer.child(error.getProperty()),
                "there is no key '" + error.getProperty() + "' " + where,
                Suggestion.hint(error.getProperty(), known, "known keys: " + String.join(", ", known)));
    }

    private void missingKey(Error error, Pointer pointer, String name, Document document, Problems problems) {
        String key = error.getProperty();
        boolean misspelt = document.find(pointer).orElse(document.root()) instanceof Mapping mapping
                && mapping.entries().keySet().stream()
                        .filter(written -> problems.isKnownWrong(pointer.child(written)))
                        .anyMatch(written ->
                                Suggestion.nearest(written, List.of(key)).isPresent());
        if (!misspelt) {
            problems.add(
                    Code.MISSING_KEY,
                    pointer.child(key),
                    name + " has no '" + key + "'",
                    property(error, key)
                            .map(property ->
                                    key + ": " + property.path("description").asString(""))
                            .orElse(""));
        }
    }

    private static void wrongType(
            Pointer pointer, String name, JsonNode rule, String found, Document document, Problems problems) {
        List<String> types = words(rule);
        String expected = types.stream().map(TYPE_WORDS::get).collect(Collectors.joining(" or "));
        Optional<Scalar> scalar = document.find(pointer).map(node -> node instanceof Scalar value ? value : null);
        if (scalar.isPresent() && scalar.get().type() == Scalar.Type.NULL) {
            problems.add(
                    Code.EMPTY_VALUE,
                    pointer,
                    name + " has no value; expected " + expected,
                    types.contains("object")
                            ? "remove the key, or write {} to take the section with its defaults"
                            : "give it a value, or remove the key");
            return;
        }
        problems.add(
                Code.WRONG_TYPE,
                pointer,
                name + " must be " + expected + ", not " + found,
                scalar.map(value -> quoteHint(value, types)).orElse(""));
    }

    private static String quoteHint(Scalar scalar, List<String> types) {
        if (types.contains("string") && scalar.type() != Scalar.Type.TEXT) {
            return "quote it to make it a text: \"" + scalar.text() + "\"";
        }
        if (types.contains("boolean")
                && scalar.text().matches("(?i)yes|no|on|off|true|false")
                && scalar.type() == Scalar.Type.TEXT) {
            return "write true or false, without quotes: in YAML 1.2 '" + scalar.text() + "' is a text";
        }
        if (types.contains("array")) {
            return "write it as a list: [" + scalar.text() + "]";
        }
        return "";
    }

    private static void notAllowed(
            Pointer pointer, String name, List<String> allowed, Document document, Problems problems) {
        String found = document.find(pointer).map(Node::kind).orElse("nothing");
        String typed = document.find(pointer)
                .map(node -> node instanceof Scalar scalar ? scalar.text() : "")
                .orElse("");
        problems.add(
                Code.NOT_ALLOWED,
                pointer,
                name + " must be " + String.join(" or ", allowed) + ", not " + found,
                Suggestion.hint(typed, allowed, ""));
    }

    /** The schema object that holds the failed keyword. */
    private Optional<JsonNode> ruleAround(Error error) {
        List<String> path = pointer(error.getSchemaLocation().getFragment()).segments();
        JsonNode rule = json;
        for (String segment : path.subList(0, Math.max(0, path.size() - 1))) {
            rule = rule.isArray() ? rule.path(Integer.parseInt(segment)) : rule.path(segment);
        }
        return rule.isObject() ? Optional.of(rule) : Optional.empty();
    }

    private Optional<JsonNode> property(Error error, String key) {
        return ruleAround(error).map(rule -> rule.path("properties").path(key)).filter(JsonNode::isObject);
    }

    private static List<String> words(JsonNode rule) {
        return rule.isArray()
                ? StreamSupport.stream(rule.spliterator(), false)
                        .map(JsonNode::asString)
                        .toList()
                : List.of(rule.asString());
    }

    private static Pointer pointer(NodePath path) {
        List<String> segments = new ArrayList<>();
        for (int i = 0; i < path.getNameCount(); i++) {
            segments.add(path.getName(i));
        }
        return new Pointer(segments);
    }
}
