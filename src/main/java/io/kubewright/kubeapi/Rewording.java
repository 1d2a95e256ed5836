package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what the API has in the words of our manifest. The API normalises what it is given ({@code 1000m} becomes
 * {@code 1}, false defaults vanish): wherever what it has equals what it would make of our manifest, the manifest's own
 * words stand. So a state that is as wanted has exactly the manifest's text, whatever the API's version makes of it.
 */
final class Rewording {
    private Rewording() {}

    /**
     * What {@code live} holds, reworded.
     *
     * @param wanted our manifest, or a part of it
     * @param made what the API would make of it; null when nothing
     * @param live what the API has there; null when nothing
     * @return empty when nothing is there
     */
    static Optional<Object> of(Object wanted, @Nullable Object made, @Nullable Object live) {
        if (java.util.Objects.equals(made, live)) {
            return Optional.of(wanted);
        }
        if (live == null) {
            return Optional.empty();
        }
        if (wanted instanceof Map && live instanceof Map) {
            return Optional.of(map(Values.map(wanted), Values.map(made), Values.map(live)));
        }
        if (named(wanted) && named(made) && named(live)) {
            return Optional.of(list(Values.list(wanted), Values.list(made), Values.list(live)));
        }
        return Optional.of(live);
    }

    private static Map<String, Object> map(
            Map<String, Object> wanted, Map<String, Object> made, Map<String, Object> live) {
        Map<String, Object> reworded = new LinkedHashMap<>();
        wanted.forEach(
                (key, value) -> of(value, made.get(key), live.get(key)).ifPresent(each -> reworded.put(key, each)));
        live.forEach((key, value) -> {
            if (!wanted.containsKey(key)) {
                reworded.put(key, value);
            }
        });
        return reworded;
    }

    private static List<Object> list(List<Object> wanted, List<Object> made, List<Object> live) {
        List<Object> reworded = new ArrayList<>();
        for (Object item : live) {
            Object name = name(item);
            Object ours = byName(wanted, name);
            if (ours == null) {
                reworded.add(item);
            } else {
                of(ours, byName(made, name), item).ifPresent(reworded::add);
            }
        }
        return reworded;
    }

    private static boolean named(@Nullable Object value) {
        return value instanceof List<?> list && list.stream().allMatch(item -> name(item) != null);
    }

    private static @Nullable Object name(@Nullable Object item) {
        return Values.map(item).get("name");
    }

    private static @Nullable Object byName(List<Object> list, @Nullable Object name) {
        return list.stream()
                .filter(item -> java.util.Objects.equals(name(item), name))
                .findFirst()
                .orElse(null);
    }
}
