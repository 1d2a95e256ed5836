package io.kubewright.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A JSON pointer (RFC 6901) to a value of the file, whether it is there or not. */
public record Pointer(List<String> segments) {
    public static final Pointer ROOT = new Pointer(List.of());

    public Pointer {
        segments = List.copyOf(segments);
    }

    /** Reads the form of {@link #toString}. */
    public static Pointer parse(String text) {
        if (text.isEmpty()) {
            return ROOT;
        }
        return new Pointer(Arrays.stream(text.substring(1).split("/", -1))
                .map(segment -> segment.replace("~1", "/").replace("~0", "~"))
                .toList());
    }

    public Pointer child(String key) {
        List<String> longer = new ArrayList<>(segments);
        longer.add(key);
        return new Pointer(longer);
    }

    public Pointer child(int index) {
        return child(Integer.toString(index));
    }

    /** The pointer to the enclosing value; the root's parent is the root. */
    public Pointer parent() {
        return segments.isEmpty() ? this : new Pointer(segments.subList(0, segments.size() - 1));
    }

    /** Whether this is {@code other} or lies within it. */
    public boolean isWithin(Pointer other) {
        return segments.size() >= other.segments.size()
                && segments.subList(0, other.segments.size()).equals(other.segments);
    }

    /** As people write it: {@code hosts[0].name}. */
    public String words() {
        StringBuilder words = new StringBuilder();
        for (String segment : segments) {
            if (segment.matches("[0-9]+")) {
                words.append('[').append(segment).append(']');
            } else {
                words.append(words.isEmpty() ? "" : ".").append(segment);
            }
        }
        return words.toString();
    }

    @Override
    public String toString() {
        return segments.stream()
                .map(segment -> "/" + segment.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }
}
