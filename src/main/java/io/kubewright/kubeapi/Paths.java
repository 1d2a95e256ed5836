package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Edits of immutable trees of maps and lists along a path as {@link Tree} defines it. */
final class Paths {
    private Paths() {}

    static boolean isItem(String step) {
        return step.startsWith("[") && step.endsWith("]");
    }

    static int indexOf(List<?> list, String item) {
        String name = item.substring(1, item.length() - 1);
        for (int index = 0; index < list.size(); index++) {
            if (list.get(index) instanceof Map<?, ?> map && name.equals(map.get("name"))) {
                return index;
            }
        }
        return -1;
    }

    /** A copy with the value at the path; missing maps, lists and named items are made. */
    static Object set(@Nullable Object node, List<String> path, Object value) {
        if (path.isEmpty()) {
            return Values.immutable(value);
        }
        String step = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        if (isItem(step)) {
            return setItem(node instanceof List<?> list ? list : List.of(), step, rest, value);
        }
        Map<String, Object> copy = new LinkedHashMap<>(Values.map(node));
        copy.put(step, set(copy.get(step), rest, value));
        return java.util.Collections.unmodifiableMap(copy);
    }

    private static Object setItem(List<?> list, String step, List<String> rest, Object value) {
        List<Object> copy = new ArrayList<>(list);
        int index = indexOf(list, step);
        if (index < 0) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("name", step.substring(1, step.length() - 1));
            copy.add(set(item, rest, value));
        } else {
            copy.set(index, set(copy.get(index), rest, value));
        }
        return java.util.Collections.unmodifiableList(copy);
    }

    /** A copy without what the path leads to; the same when it leads to nothing. */
    static Object remove(Object node, List<String> path) {
        String step = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        if (node instanceof List<?> list && isItem(step)) {
            int index = indexOf(list, step);
            if (index < 0) {
                return node;
            }
            List<Object> copy = new ArrayList<>(list);
            if (rest.isEmpty()) {
                copy.remove(index);
            } else {
                copy.set(index, remove(copy.get(index), rest));
            }
            return java.util.Collections.unmodifiableList(copy);
        }
        if (!(node instanceof Map) || !Values.map(node).containsKey(step)) {
            return node;
        }
        Map<String, Object> copy = new LinkedHashMap<>(Values.map(node));
        if (rest.isEmpty()) {
            copy.remove(step);
        } else {
            copy.computeIfPresent(step, (_, child) -> remove(child, rest));
        }
        return java.util.Collections.unmodifiableMap(copy);
    }
}
