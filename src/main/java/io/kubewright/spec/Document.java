package io.kubewright.spec;

import io.kubewright.spec.Node.Entry;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Node.Scalar;
import io.kubewright.spec.Node.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** A YAML file with the place of every key and value. */
public final class Document {
    private final String file;
    private final List<String> lines;
    private final Mapping root;

    private Document(String file, String text, Mapping root) {
        this.file = file;
        this.lines = text.lines().toList();
        this.root = root;
    }

    /** Reads a file. Throws {@link SpecException} when it cannot be read or is not a YAML mapping. */
    public static Document read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new SpecException(List.of(new Problem(
                    Code.UNREADABLE,
                    file.toString(),
                    1,
                    1,
                    Files.exists(file) ? "the file cannot be read: " + e.getMessage() : "there is no such file",
                    "name another with -f FILE, or write one with: kubewright init HOST...",
                    "")));
        }
        return parse(file.toString(), decode(file.toString(), bytes));
    }

    /** Reads YAML text; {@code file} is for messages. Throws {@link SpecException} when it is not a YAML mapping. */
    public static Document parse(String file, String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        YamlReader reader = new YamlReader();
        Optional<Mapping> root = reader.read(plain);
        Document document =
                new Document(file, plain, root.orElseGet(() -> new Mapping(new LinkedHashMap<>(), Mark.START)));
        if (!reader.problems().isEmpty()) {
            throw new SpecException(reader.problems().stream()
                    .map(fault -> document.problem(fault.code(), fault.mark(), fault.message(), fault.hint()))
                    .toList());
        }
        return document;
    }

    private static String decode(String file, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            String good = text.toString();
            int lineStart = Math.max(good.lastIndexOf('\n'), good.lastIndexOf('\r')) + 1;
            int line = (int) good.substring(0, lineStart).lines().count() + 1;
            throw new SpecException(List.of(new Problem(
                    Code.NOT_UTF8,
                    file,
                    line,
                    good.codePointCount(lineStart, good.length()) + 1,
                    "the file is not UTF-8 text from here on",
                    "save it as UTF-8",
                    good.substring(lineStart))));
        }
        return text.toString();
    }

    /** As the user named it. */
    public String file() {
        return file;
    }

    public Mapping root() {
        return root;
    }

    public Optional<Node> find(Pointer pointer) {
        Optional<Node> node = Optional.of(root);
        for (String segment : pointer.segments()) {
            node = node.flatMap(value -> child(value, segment));
        }
        return node;
    }

    private static Optional<Node> child(Node node, String segment) {
        return switch (node) {
            case Mapping mapping ->
                Optional.ofNullable(mapping.entries().get(segment)).map(Entry::value);
            case Sequence sequence ->
                segment.matches("[0-9]{1,9}")
                                && Integer.parseInt(segment) < sequence.items().size()
                        ? Optional.of(sequence.items().get(Integer.parseInt(segment)))
                        : Optional.empty();
            case Scalar _ -> Optional.empty();
        };
    }

    /** Where the value stands; for one that is absent, the key of the nearest value around it. */
    public Mark locate(Pointer pointer) {
        return find(pointer).map(Node::mark).orElseGet(() -> locateAround(pointer.parent()));
    }

    private Mark locateAround(Pointer pointer) {
        return find(pointer).isPresent() ? locateKey(pointer) : locateAround(pointer.parent());
    }

    /** Where the value's key stands; for an item of a list, the item. */
    public Mark locateKey(Pointer pointer) {
        if (!pointer.segments().isEmpty() && find(pointer.parent()).orElse(root) instanceof Mapping mapping) {
            Entry entry = mapping.entries().get(pointer.segments().getLast());
            if (entry != null) {
                return entry.keyMark();
            }
        }
        return locate(pointer);
    }

    Problem problem(Code code, Mark mark, String message, String hint) {
        String excerpt = mark.line() <= lines.size() ? lines.get(mark.line() - 1) : "";
        return new Problem(code, file, mark.line(), mark.column(), message, hint, excerpt);
    }
}
