package io.kubewright.kubeapi;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** JSON texts of the API, as trees of plain values. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** The top-level object of a JSON text. */
    static Map<String, Object> read(String text) {
        try {
            @Nullable Object value = MAPPER.readValue(text, Object.class);
            if (value instanceof Map<?, ?>) {
                return Values.map(Values.immutable(value));
            }
            throw malformed("the API's answer is JSON, but not an object", null);
        } catch (JacksonException e) {
            throw malformed("the API's answer is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    private static ApiException malformed(String message, @Nullable Throwable cause) {
        return new ApiException(
                ApiException.Code.MALFORMED, message, "Something other than an API server may be listening.", cause);
    }
}
