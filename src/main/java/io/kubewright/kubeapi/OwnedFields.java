package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of an object that we have applied, as its {@code managedFields} say (format FieldsV1: {@code f:} a key of a
 * map, {@code k:} an item of a list by its key fields, {@code v:} an item of a set, {@code .} the place itself).
 */
final class OwnedFields {
    private static final String SELF = ".";

    private final Map<String, Object> fields;

    private OwnedFields(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** Those of server-side apply under the manager's name; of no subresource. */
    static OwnedFields of(KubeObject object, String manager) {
        Map<String, Object> fields = Map.of();
        for (Tree entry : object.at("metadata", "managedFields").items()) {
            if (entry.at("manager").text("").equals(manager)
                    && entry.at("operation").text("").equals("Apply")
                    && !entry.at("subresource").isPresent()) {
                fields = union(fields, Values.map(entry.at("fieldsV1").value()));
            }
        }
        return new OwnedFields(fields);
    }

    OwnedFields union(OwnedFields other) {
        return new OwnedFields(union(fields, other.fields));
    }

    /** What the object holds at these fields, with the names that every object has. */
    Map<String, Object> in(KubeObject object) {
        Map<String, Object> content = new LinkedHashMap<>(projectMap(object.content(), fields));
        content.put("apiVersion", object.apiVersion());
        content.put("kind", object.kind());
        Map<String, Object> metadata = new LinkedHashMap<>(Values.map(content.get("metadata")));
        metadata.put("name", object.name());
        object.namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
        content.put("metadata", metadata);
        return content;
    }

    private static Map<String, Object> union(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> union = new LinkedHashMap<>(one);
        other.forEach((key, fields) -> union.merge(key, fields, OwnedFields::unionOfBoth));
        return union;
    }

    private static Object unionOfBoth(Object one, Object other) {
        Map<String, Object> left = Values.map(one);
        Map<String, Object> right = Values.map(other);
        // No further fields: all of what is there.
        return left.isEmpty() || right.isEmpty() ? Map.of() : union(left, right);
    }

    private static Object project(Object value, Map<String, Object> fields) {
        if (fields.isEmpty()) {
            return value;
        }
        return switch (value) {
            case Map<?, ?> _ -> projectMap(Values.map(value), fields);
            case List<?> _ -> projectList(Values.list(value), fields);
            default -> value;
        };
    }

    private static Map<String, Object> projectMap(Map<String, Object> value, Map<String, Object> fields) {
        Map<String, Object> projected = new LinkedHashMap<>();
        value.forEach((key, each) -> {
            Object below = fields.get("f:" + key);
            if (below != null) {
                projected.put(key, project(each, Values.map(below)));
            }
        });
        return projected;
    }

    private static List<Object> projectList(List<Object> value, Map<String, Object> fields) {
        List<Object> projected = new ArrayList<>();
        for (Object item : value) {
            matching(item, fields).ifPresent(below -> projected.add(project(item, below)));
        }
        return projected;
    }

    private static Optional<Map<String, Object>> matching(Object item, Map<String, Object> fields) {
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            String key = field.getKey();
            boolean matches = !key.equals(SELF)
                    && switch (key.substring(0, Math.min(2, key.length()))) {
                        case "k:" -> hasKeys(item, Json.read(key.substring(2)));
                        case "v:" -> Json.write(item).equals(key.substring(2));
                        default -> false;
                    };
            if (matches) {
                return Optional.of(Values.map(field.getValue()));
            }
        }
        return Optional.empty();
    }

    private static boolean hasKeys(Object item, Map<String, Object> keys) {
        Map<String, Object> map = Values.map(item);
        return keys.entrySet().stream().allMatch(key -> key.getValue().equals(map.get(key.getKey())));
    }
}
