package io.kubewright.spec;

import io.kubewright.spec.Node.Entry;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.Node.Scalar;
import io.kubewright.spec.Node.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mapping of the file: a key that is absent, or whose value the schema already refused, is taken from the
 * defaults. Nothing here throws on a wrong file; problems are collected.
 */
public final class Fields {
    private final Problems problems;
    private final Pointer pointer;
    private final Optional<Mapping> own;
    private final Optional<Mapping> defaults;

    private Fields(Problems problems, Pointer pointer, Optional<Mapping> own, Optional<Mapping> defaults) {
        this.problems = problems;
        this.pointer = pointer;
        this.own = own;
        this.defaults = defaults;
    }

    /** The root of a file; {@code defaults} has the same shape. */
    public static Fields of(Document document, Mapping defaults, Problems problems) {
        return new Fields(problems, Pointer.ROOT, Optional.of(document.root()), Optional.of(defaults));
    }

    public Pointer pointer() {
        return pointer;
    }

    public Pointer at(String key) {
        return pointer.child(key);
    }

    /** Whether the file itself has this mapping. */
    public boolean isPresent() {
        return own.isPresent();
    }

    /** Whether the file itself has the key. */
    public boolean has(String key) {
        return own.map(mapping -> mapping.entries().containsKey(key)).orElse(false);
    }

    /** The keys in the file, in its order. */
    public Set<String> keys() {
        return own.map(mapping -> Collections.unmodifiableSet(mapping.entries().sequencedKeySet()))
                .orElse(Set.of());
    }

    public void reject(Code code, String key, String message, String hint) {
        problems.add(code, at(key), message, hint);
    }

    public void reject(Code code, Pointer place, String message, String hint) {
        problems.add(code, place, message, hint);
    }

    public Fields section(String key) {
        return new Fields(problems, at(key), mapping(own, key), mapping(defaults, key));
    }

    /** The mappings in a list, without defaults. */
    public List<Fields> sections(String key) {
        List<Node> items = items(own, key);
        return IntStream.range(0, items.size())
                .filter(index -> items.get(index) instanceof Mapping)
                .mapToObj(index -> new Fields(
                        problems, at(key).child(index), Optional.of((Mapping) items.get(index)), Optional.empty()))
                .toList();
    }

    /** A text; an empty one counts as absent. */
    public Optional<String> text(String key) {
        return scalar(key, Scalar.Type.TEXT).map(Scalar::text).filter(text -> !text.isEmpty());
    }

    public Optional<Integer> integer(String key) {
        return scalar(key, Scalar.Type.INTEGER)
                .map(scalar -> Long.parseLong(scalar.text()))
                .filter(number -> number == number.intValue())
                .map(Long::intValue);
    }

    /** False when neither the file nor the defaults have it. */
    public boolean flag(String key) {
        return scalar(key, Scalar.Type.BOOLEAN)
                .map(scalar -> scalar.text().equals("true"))
                .orElse(false);
    }

    /** One of an enum's constants, written in lower case with dashes; the defaults must have it. */
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        return optionalChoice(key, type)
                .orElseThrow(() -> new IllegalStateException("the defaults have no " + at(key).words()));
    }

    public <E extends Enum<E>> Optional<E> optionalChoice(String key, Class<E> type) {
        return scalarOf(own, key, Scalar.Type.TEXT)
                .flatMap(scalar -> constant(scalar, type))
                .or(() -> scalarOf(defaults, key, Scalar.Type.TEXT).flatMap(scalar -> constant(scalar, type)));
    }

    private static <E extends Enum<E>> Optional<E> constant(Scalar scalar, Class<E> type) {
        return constant(scalar.text(), type);
    }

    static <E extends Enum<E>> Optional<E> constant(String word, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().replace('_', '-').equals(word.toUpperCase(Locale.ROOT))) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    /** The texts of a list with their places. */
    public List<Item<String>> texts(String key) {
        List<Item<String>> texts = new ArrayList<>();
        List<Node> items = own.isPresent() && has(key) ? items(own, key) : items(defaults, key);
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Scalar scalar && scalar.type() == Scalar.Type.TEXT) {
                texts.add(new Item<>(scalar.text(), at(key).child(i)));
            }
        }
        return texts;
    }

    /** A value with its place. */
    public record Item<T>(T value, Pointer place) {
        public static <T> List<T> values(List<Item<T>> items) {
            return items.stream().map(Item::value).toList();
        }
    }

    /** The texts of a mapping; whole numbers and true/false count as texts where the schema lets them through. */
    public Map<String, String> textMap(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        mapping(own, key)
                .or(() -> mapping(defaults, key))
                .ifPresent(mapping -> mapping.entries().forEach((name, entry) -> {
                    if (entry.value() instanceof Scalar scalar && !problems.isKnownWrong(at(key).child(name))) {
                        texts.put(name, scalar.text());
                    }
                }));
        return texts;
    }

    /** What {@code parse} makes of a text; its {@link IllegalArgumentException} becomes a problem. */
    public <T> Optional<T> parsed(String key, Code code, Function<String, T> parse) {
        Optional<T> value = text(key).flatMap(text -> parse(text, at(key), code, parse));
        return value.or(() -> problems.isKnownWrong(at(key))
                ? scalarOf(defaults, key, Scalar.Type.TEXT)
                        .map(Scalar::text)
                        .filter(text -> !text.isEmpty())
                        .map(parse)
                : Optional.empty());
    }

    /** Like {@link #parsed} for each text of a list. */
    public <T> List<Item<T>> parsedAll(String key, Code code, Function<String, T> parse) {
        List<Item<T>> values = new ArrayList<>();
        for (Item<String> item : texts(key)) {
            parse(item.value(), item.place(), code, parse)
                    .ifPresent(value -> values.add(new Item<>(value, item.place())));
        }
        return values;
    }

    private <T> Optional<T> parse(String text, Pointer place, Code code, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException e) {
            problems.add(code, place, String.valueOf(e.getMessage()), "");
            return Optional.empty();
        }
    }

    /** The value as it stands in the file or the defaults. */
    public Optional<Node> node(String key) {
        return child(own, key).or(() -> child(defaults, key));
    }

    private Optional<Scalar> scalar(String key, Scalar.Type type) {
        return scalarOf(own, key, type)
                .or(() ->
                        has(key) && !problems.isKnownWrong(at(key)) ? Optional.empty() : scalarOf(defaults, key, type));
    }

    private static Optional<Scalar> scalarOf(Optional<Mapping> mapping, String key, Scalar.Type type) {
        return child(mapping, key).map(node -> node instanceof Scalar scalar && scalar.type() == type ? scalar : null);
    }

    private static Optional<Mapping> mapping(Optional<Mapping> around, String key) {
        return child(around, key).map(node -> node instanceof Mapping mapping ? mapping : null);
    }

    private static List<Node> items(Optional<Mapping> around, String key) {
        return child(around, key)
                .map(node -> node instanceof Sequence sequence ? sequence.items() : null)
                .orElse(List.of());
    }

    private static Optional<Node> child(Optional<Mapping> around, String key) {
        if (around.isEmpty()) {
            return Optional.empty();
        }
        @Nullable Entry entry = around.get().entries().get(key);
        return entry == null ? Optional.empty() : Optional.of(entry.value());
    }
}
