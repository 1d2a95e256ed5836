package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values objects are made of: maps with text keys, lists, text, whole and broken numbers, booleans; never null. */
final class Values {
    private Values() {}

    /** A deep unmodifiable copy in which keys are text, and entries and items without a value are left out. */
    static Object immutable(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, each) -> {
                    if (each != null) {
                        copy.put(String.valueOf(key), immutable(each));
                    }
                });
                yield Collections.unmodifiableMap(copy);
            }
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                for (Object each : list) {
                    if (each != null) {
                        copy.add(immutable(each));
                    }
                }
                yield Collections.unmodifiableList(copy);
            }
            // One type for whole numbers, so that equal numbers are equal values whoever parsed them.
            case Integer number -> number.longValue();
            default -> value;
        };
    }

    /** The value as a map; an empty one when it is none. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map ? (Map<String, Object>) value : Map.of();
    }

    /** The value as a list; an empty one when it is none. */
    @SuppressWarnings("unchecked")
    static List<Object> list(@Nullable Object value) {
        return value instanceof List ? (List<Object>) value : List.of();
    }
}
