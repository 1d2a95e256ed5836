package io.kubewright.spec;

import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Node.Scalar;
import io.kubewright.spec.Node.Sequence;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The content of a YAML value as JSON with sorted keys: comments, order of keys and layout leave no trace. */
public final class CanonicalJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final BigDecimal GREATEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private CanonicalJson() {}

    public static JsonNode of(Node node) {
        return of(node, CanonicalJson::decimal);
    }

    /**
     * The same for a schema to look at: a number that no long can hold is nothing there, which no rule takes for a value.
     * json-schema-validator 3.0 fails on such numbers where a rule has a minimum.
     */
    static JsonNode forSchema(Node node) {
        return of(node, text -> {
            JsonNode number = decimal(text);
            return number.isNumber() && number.decimalValue().abs().compareTo(GREATEST) <= 0 ? number : JSON.nullNode();
        });
    }

    private static JsonNode of(Node node, Function<String, JsonNode> decimals) {
        return switch (node) {
            case Mapping mapping -> {
                ObjectNode object = JSON.objectNode();
                new TreeMap<>(mapping.entries()).forEach((key, entry) -> object.set(key, of(entry.value(), decimals)));
                yield object;
            }
            case Sequence sequence -> {
                ArrayNode array = JSON.arrayNode();
                sequence.items().forEach(item -> array.add(of(item, decimals)));
                yield array;
            }
            case Scalar scalar -> of(scalar, decimals);
        };
    }

    private static JsonNode of(Scalar scalar, Function<String, JsonNode> decimals) {
        return switch (scalar.type()) {
            case TEXT -> JSON.stringNode(scalar.text());
            case INTEGER -> JSON.numberNode(Long.parseLong(scalar.text()));
            case DECIMAL -> decimals.apply(scalar.text());
            case BOOLEAN -> JSON.booleanNode(scalar.text().equals("true"));
            case NULL -> JSON.nullNode();
        };
    }

    /** Infinity and absurd exponents have no JSON number; they stay texts. */
    private static JsonNode decimal(String text) {
        return text.matches("-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][-+]?[0-9]{1,3})?")
                ? JSON.numberNode(new BigDecimal(text))
                : JSON.stringNode(text);
    }

    /** SHA-256 of the canonical JSON in UTF-8, lower-case hex. */
    public static String sha256(Node node) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(of(node).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
