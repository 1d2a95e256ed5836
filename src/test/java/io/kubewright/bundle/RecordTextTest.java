package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cache's names are made of is what a record says by itself, to the letter: otherwise all would be built anew. */
class RecordTextTest {
    static Stream<Record> records() {
        Catalogue catalogue = Catalogue.builtIn();
        return Stream.of(
                        catalogue.parts().values(),
                        catalogue.layers().values(),
                        catalogue.images(),
                        catalogue.manifests().values(),
                        catalogue.packages(),
                        catalogue.distributions().values(),
                        java.util.List.of(catalogue.data()))
                .flatMap(Collection::stream)
                .map(Record.class::cast);
    }

    @ParameterizedTest
    @MethodSource("records")
    void saysAllThatTheRecordHolds(Record record) {
        assertThat(record.toString()).isEqualTo(canonical(record));
    }

    private static String canonical(Object value) {
        return switch (value) {
            case Record record ->
                Arrays.stream(record.getClass().getRecordComponents())
                        .filter(component -> !component.getName().equals("copies")
                                || !value(record, component).equals(java.util.List.of()))
                        .map(component -> component.getName() + "=" + canonical(value(record, component)))
                        .collect(Collectors.joining(", ", record.getClass().getSimpleName() + "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + canonical(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Collection<?> items ->
                items.stream().map(RecordTextTest::canonical).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(record);
            return value == null ? "null" : value;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
