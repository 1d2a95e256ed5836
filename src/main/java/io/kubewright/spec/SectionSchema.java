package io.kubewright.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The part of the JSON Schema that a room has for its section of the file. */
public record SectionSchema(String key, JsonNode schema) {
    /** Reads the resource {@code KEY.schema.json} beside {@code owner}. */
    public static SectionSchema of(String key, Class<?> owner) {
        return new SectionSchema(key, resource(owner, key + ".schema.json"));
    }

    static JsonNode resource(Class<?> owner, String name) {
        try (InputStream stream = owner.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name + " beside " + owner.getName());
            }
            return JsonMapper.shared().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
