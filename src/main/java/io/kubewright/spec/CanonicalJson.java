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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The content of a YAML value as JSON with sorted keys: comments, order of keys and layout leave no trace. */
public final class CanonicalJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CanonicalJson() {}

    public static JsonNode of(Node node) {
        return switch (node) {
            case Mapping mapping -> {
                ObjectNode object = JSON.objectNode();
                new TreeMap<>(mapping.entries()).forEach((key, entry) -> object.set(key, of(entry.value())));
                yield object;
            }
            case Sequence sequence -> {
                ArrayNode array = JSON.arrayNode();
                sequence.items().forEach(item -> array.add(of(item)));
                yield array;
            }
            case Scalar scalar -> of(scalar);
        };
    }

    private static JsonNode of(Scalar scalar) {
        return switch (scalar.type()) {
            case TEXT -> JSON.stringNode(scalar.text());
            case INTEGER -> JSON.numberNode(Long.parseLong(scalar.text()));
            case DECIMAL -> decimal(scalar.text());
            case BOOLEAN -> JSON.booleanNode(scalar.text().equals("true"));
            case NULL -> JSON.nullNode();
        };
    }

    /** Infinity and absurd exponents have no JSON number; as texts no schema takes them for one. */
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
