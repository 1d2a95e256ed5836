package io.kubewright.bundle;

import org.jspecify.annotations.Nullable;

/**
 * The text of a record of the catalogue, as a record gives it by itself. It is part of what bundles and parts are called in
 * the cache, and every command that needs a bundle looks there: written out, it takes less time than the JVM,
 * which makes classes for it at each start.
 */
final class RecordText {
    private RecordText() {}

    /** @param fields name, value, name, value, ... in the record's order */
    static String of(String type, @Nullable Object... fields) {
        StringBuilder text = new StringBuilder(type).append('[');
        for (int i = 0; i < fields.length; i += 2) {
            text.append(i == 0 ? "" : ", ").append(fields[i]).append('=').append(fields[i + 1]);
        }
        return text.append(']').toString();
    }
}
