package io.kubewright.spec;

import java.util.List;
import java.util.SequencedMap;

/** A YAML value with its place. Aliases are resolved: their places are those of what they stand for. */
public sealed interface Node {
    Mark mark();

    /** What people call this kind of value. */
    String kind();

    /** A single value; the text is as written, without quotes. */
    record Scalar(String text, Type type, Mark mark) implements Node {
        /** YAML 1.2's JSON schema: {@code off} and {@code no} are texts. */
        public enum Type {
            TEXT,
            INTEGER,
            DECIMAL,
            BOOLEAN,
            NULL
        }

        @Override
        public String kind() {
            return switch (type) {
                case TEXT -> "the text '" + text + "'";
                case INTEGER, DECIMAL -> "the number " + text;
                case BOOLEAN -> text;
                case NULL -> "nothing";
            };
        }
    }

    /** A list. */
    record Sequence(List<Node> items, Mark mark) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the file. */
    record Mapping(SequencedMap<String, Entry> entries, Mark mark) implements Node {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A value and the place of its key. */
    record Entry(Mark keyMark, Node value) {}
}
