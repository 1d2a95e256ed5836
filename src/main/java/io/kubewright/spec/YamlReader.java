package io.kubewright.spec;

import io.kubewright.spec.Node.Entry;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Node.Scalar;
import io.kubewright.spec.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns YAML 1.2 text into located nodes; refuses what YAML readers are known to read in different ways. */
final class YamlReader {
    /** A problem without its file. */
    record Fault(Code code, Mark mark, String message, String hint) {}

    private static final int DEEPEST = 40;
    private static final int MOST_VALUES = 100_000;

    private final List<Fault> problems = new ArrayList<>();
    private int values;

    List<Fault> problems() {
        return problems;
    }

    Optional<Mapping> read(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(1000)
                .build();
        try {
            if (!isFlatEnough(settings, text)) {
                return Optional.empty();
            }
            Optional<org.snakeyaml.engine.v2.nodes.Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty() || isNothing(root.get())) {
                fault(
                        Code.EMPTY_FILE,
                        Mark.START,
                        "there is nothing in the file",
                        "write one with: kubewright init HOST...");
                return Optional.empty();
            }
            Node located = convert(root.get(), 0);
            if (located instanceof Mapping mapping) {
                return Optional.of(mapping);
            }
            fault(Code.WRONG_TYPE, located.mark(), "expected keys with values, found " + located.kind(), "");
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark()
                    .or(e::getContextMark)
                    .map(YamlReader::mark)
                    .orElse(Mark.START);
            fault(Code.YAML_SYNTAX, within(text, mark), "not YAML: " + describe(e), hint(e));
        } catch (ReaderException e) {
            fault(
                    Code.YAML_SYNTAX,
                    markOf(text, e.getPosition()),
                    "not YAML: the character U+%04X is not allowed".formatted(e.getCodePoint()),
                    "remove it");
        } catch (YamlEngineException e) {
            fault(Code.YAML_SYNTAX, Mark.START, "not YAML: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    /** The composer recurses into values, so their depth is measured on the events first. */
    private boolean isFlatEnough(LoadSettings settings, String text) {
        int depth = 0;
        int documents = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            Mark mark = event.getStartMark().map(YamlReader::mark).orElse(Mark.START);
            if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                fault(Code.TOO_DEEP, mark, "values are nested more than " + DEEPEST + " deep", "");
                return false;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                fault(
                        Code.SEVERAL_DOCUMENTS,
                        mark,
                        "a second YAML document begins here",
                        "keep one cluster in one file");
                return false;
            }
        }
        return true;
    }

    private static boolean isNothing(org.snakeyaml.engine.v2.nodes.Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private Node convert(org.snakeyaml.engine.v2.nodes.Node node, int depth) {
        Mark mark = node.getStartMark().map(YamlReader::mark).orElse(Mark.START);
        if (++values > MOST_VALUES || depth > DEEPEST) {
            if (problems.stream().noneMatch(fault -> fault.code() == Code.TOO_DEEP)) {
                fault(
                        Code.TOO_DEEP,
                        mark,
                        "aliases repeat values too often or within themselves",
                        "write the values out");
            }
            return new Scalar("", Scalar.Type.NULL, mark);
        }
        return switch (node) {
            case MappingNode mapping -> convert(mapping, mark, depth);
            case SequenceNode sequence -> {
                checkTag(sequence.getTag(), Tag.SEQ, mark);
                yield new Sequence(
                        sequence.getValue().stream()
                                .map(item -> convert(item, depth + 1))
                                .toList(),
                        mark);
            }
            case ScalarNode scalar -> new Scalar(scalar.getValue(), type(scalar, mark), mark);
            default -> throw new IllegalStateException("a YAML node of an unknown kind: " + node.getClass());
        };
    }

    private Mapping convert(MappingNode node, Mark mark, int depth) {
        checkTag(node.getTag(), Tag.MAP, mark);
        LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Mark keyMark =
                    tuple.getKeyNode().getStartMark().map(YamlReader::mark).orElse(mark);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                fault(
                        Code.BAD_KEY,
                        keyMark,
                        "a key must be a text, not a list or mapping",
                        "quote it if it is meant as text");
                continue;
            }
            if (key.getValue().equals("<<") && key.isPlain()) {
                fault(
                        Code.MERGE_KEY,
                        keyMark,
                        "'<<' is not part of YAML 1.2, and programs disagree on what it does",
                        "write the keys out, or use an alias (*name) for a whole value");
                continue;
            }
            Entry entry = new Entry(keyMark, convert(tuple.getValueNode(), depth + 1));
            @Nullable Entry first = entries.putIfAbsent(key.getValue(), entry);
            if (first != null) {
                fault(
                        Code.DUPLICATE_KEY,
                        keyMark,
                        "the key '" + key.getValue() + "' already stands in line "
                                + first.keyMark().line(),
                        "remove one of them");
            }
        }
        return new Mapping(entries, mark);
    }

    private Scalar.Type type(ScalarNode scalar, Mark mark) {
        Tag tag = scalar.getTag();
        String text = scalar.getValue();
        if (tag.equals(Tag.STR)) {
            return Scalar.Type.TEXT;
        }
        if (tag.equals(Tag.NULL)) {
            return Scalar.Type.NULL;
        }
        if (tag.equals(Tag.BOOL) && (text.equals("true") || text.equals("false"))) {
            return Scalar.Type.BOOLEAN;
        }
        if (tag.equals(Tag.INT) && text.matches("-?(0|[1-9][0-9]{0,17})")) {
            return Scalar.Type.INTEGER;
        }
        if (tag.equals(Tag.INT) && text.matches("-?[0-9]+") || tag.equals(Tag.FLOAT)) {
            return Scalar.Type.DECIMAL;
        }
        fault(Code.BAD_TAG, mark, "the tag " + tag.getValue() + " has no meaning here", "remove it");
        return Scalar.Type.TEXT;
    }

    private void checkTag(Tag found, Tag expected, Mark mark) {
        if (!found.equals(expected)) {
            fault(Code.BAD_TAG, mark, "the tag " + found.getValue() + " has no meaning here", "remove it");
        }
    }

    private void fault(Code code, Mark mark, String message, String hint) {
        problems.add(new Fault(code, mark, message, hint));
    }

    private static Mark mark(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return new Mark(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The reader reports the end of the text as the line after the last. */
    private static Mark within(String text, Mark mark) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty()) {
            return Mark.START;
        }
        return mark.line() <= lines.size()
                ? mark
                : new Mark(
                        lines.size(),
                        lines.getLast().codePointCount(0, lines.getLast().length()) + 1);
    }

    private static Mark markOf(String text, int position) {
        int offset = text.offsetByCodePoints(0, Math.min(position, text.codePointCount(0, text.length())));
        String before = text.substring(0, offset);
        int lineStart = before.lastIndexOf('\n') + 1;
        return new Mark(
                (int) before.chars().filter(c -> c == '\n').count() + 1,
                before.codePointCount(lineStart, before.length()) + 1);
    }

    private static String describe(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return (context + e.getProblem()).replaceAll("\\s+", " ");
    }

    private static String hint(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("'\\t") || problem.contains("TAB")) {
            return "YAML does not indent with tabs: use spaces";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "check the indentation, and quote a text that has ': ' in it";
        }
        return "";
    }
}
