package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A place in an object, which may hold nothing. Going on from a place that holds nothing leads to one that holds nothing.
 *
 * <p>A step of a path is a key of a map, or {@code [NAME]}: the item of a list whose {@code name} is NAME.
 */
public final class Tree {
    private static final Tree NOTHING = new Tree(null);

    private final @Nullable Object value;

    private Tree(@Nullable Object value) {
        this.value = value;
    }

    /** @param value maps, lists and scalars, as read from JSON or YAML; null for nothing */
    public static Tree of(@Nullable Object value) {
        return value == null ? NOTHING : new Tree(value);
    }

    public boolean isPresent() {
        return value != null;
    }

    /** The place at the end of the path. */
    public Tree at(String... path) {
        Object here = value;
        for (String step : path) {
            here = step(here, step);
        }
        return of(here);
    }

    /** A scalar as text; empty for a map, a list or nothing. */
    public Optional<String> text() {
        return value == null || value instanceof Map || value instanceof List
                ? Optional.empty()
                : Optional.of(value.toString());
    }

    /** A scalar as text, or {@code otherwise}. */
    public String text(String otherwise) {
        return text().orElse(otherwise);
    }

    /** A whole number; empty for anything else. */
    public OptionalLong number() {
        return value instanceof Number number && !(value instanceof Double)
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    public boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    /** The items of a list; empty for anything else. */
    public List<Tree> items() {
        if (!(value instanceof List<?> list)) {
            return List.of();
        }
        List<Tree> items = new ArrayList<>();
        list.forEach(item -> items.add(of(item)));
        return items;
    }

    /** The entries of a map, in their order; empty for anything else. */
    public Map<String, Tree> entries() {
        Map<String, Tree> entries = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> entries.put(key.toString(), of(each)));
        }
        return entries;
    }

    /** The item of a list whose {@code type} is this; the shape of conditions. */
    public Tree ofType(String type) {
        return items().stream()
                .filter(item -> item.at("type").text("").equals(type))
                .findFirst()
                .orElse(NOTHING);
    }

    @Nullable
    Object value() {
        return value;
    }

    private static @Nullable Object step(@Nullable Object here, String step) {
        if (here instanceof Map<?, ?> map) {
            return map.get(step);
        }
        if (here instanceof List<?> list && Paths.isItem(step)) {
            int index = Paths.indexOf(list, step);
            return index < 0 ? null : list.get(index);
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tree tree && java.util.Objects.equals(value, tree.value);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
