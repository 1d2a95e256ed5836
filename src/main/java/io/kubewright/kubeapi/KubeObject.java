package io.kubewright.kubeapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object of the Kubernetes API: an immutable tree of maps, lists and scalars. Paths are those of {@link Tree}.
 *
 * @param content the whole object
 */
public record KubeObject(Map<String, Object> content) {
    public KubeObject {
        content = Values.map(Values.immutable(content));
    }

    /** An object with nothing but its names. */
    public static KubeObject of(ObjectRef ref) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", ref.name());
        ref.namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("apiVersion", ref.apiVersion());
        content.put("kind", ref.kind());
        content.put("metadata", metadata);
        return new KubeObject(content);
    }

    public ObjectRef ref() {
        return new ObjectRef(apiVersion(), kind(), namespace(), name());
    }

    public String apiVersion() {
        return at("apiVersion").text("");
    }

    public String kind() {
        return at("kind").text("");
    }

    public Optional<String> namespace() {
        return at("metadata", "namespace").text();
    }

    public String name() {
        return at("metadata", "name").text("");
    }

    /** The place at the end of the path; it may hold nothing. */
    public Tree at(String... path) {
        return Tree.of(content).at(path);
    }

    /** The item of {@code status.conditions} of this type; it may hold nothing. */
    public Tree condition(String type) {
        return at("status", "conditions").ofType(type);
    }

    /** Whether {@code status.conditions} has this type with status True. */
    public boolean is(String conditionType) {
        return condition(conditionType).at("status").text("").equals("True");
    }

    /** A copy with the value at the path. Missing maps, lists and named items on the way are made. */
    public KubeObject with(Object value, String... path) {
        return new KubeObject(Values.map(Paths.set(content, List.of(path), value)));
    }

    /**
     * A copy with the value in the place of another that must be there.
     *
     * @throws ApiException with {@link ApiException.Code#MALFORMED} when the path leads to nothing
     */
    public KubeObject replacing(Object value, String... path) {
        requirePresent(path);
        return with(value, path);
    }

    /** A copy without what the path leads to; the same when it leads to nothing. */
    public KubeObject without(String... path) {
        return new KubeObject(Values.map(Paths.remove(content, List.of(path))));
    }

    /**
     * A copy without something that must be there.
     *
     * @throws ApiException with {@link ApiException.Code#MALFORMED} when the path leads to nothing
     */
    public KubeObject removing(String... path) {
        requirePresent(path);
        return without(path);
    }

    public KubeObject withLabel(String key, String value) {
        return with(value, "metadata", "labels", key);
    }

    public KubeObject withAnnotation(String key, String value) {
        return with(value, "metadata", "annotations", key);
    }

    private void requirePresent(String... path) {
        if (!at(path).isPresent()) {
            throw new ApiException(
                    ApiException.Code.MALFORMED,
                    ref() + " has nothing at " + String.join(".", path) + ", where it was to be changed",
                    "The manifest differs from the version this change was made for; use the bundle's own version.");
        }
    }

    @Override
    public String toString() {
        return ref().toString();
    }
}
