package io.kubewright.network;

import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** CNI configurations as texts: the same one for the same content. */
final class CniText {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT)
            .build();

    private CniText() {}

    /** Several lines, the last one ended. */
    static String of(Map<String, Object> configuration) {
        return MAPPER.writeValueAsString(configuration) + "\n";
    }
}
