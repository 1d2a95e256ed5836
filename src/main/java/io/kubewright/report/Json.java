package io.kubewright.report;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How JSON is written. */
final class Json {
    private static final JsonMapper LINE = JsonMapper.builder().build();
    private static final JsonMapper DOCUMENT =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** An empty document of the schema {@code kubewright.io/NAME/v1}. */
    static ObjectNode document(String name) {
        return LINE.createObjectNode().put("schema", "kubewright.io/" + name + "/v1");
    }

    /** Indented, with a line feed at the end. */
    static String write(ObjectNode document) {
        return DOCUMENT.writeValueAsString(document) + "\n";
    }

    /** On one line, with a line feed at the end. */
    static String writeLine(ObjectNode document) {
        return LINE.writeValueAsString(document) + "\n";
    }
}
