package io.kubewright.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Tables that are data of a room: YAML lists of rows in its resources. */
public final class Table {
    private Table() {}

    /** One row; asking for a column that is not there is a mistake in the table. */
    public record Row(String table, Map<?, ?> columns) {
        public String text(String column) {
            return optional(column)
                    .orElseThrow(() -> new IllegalStateException(table + " lacks " + column + " in " + columns));
        }

        public Optional<String> optional(String column) {
            return Optional.ofNullable(columns.get(column)).map(Object::toString);
        }
    }

    /**
     * Reads a table.
     *
     * @param room a class of the room that has it
     */
    public static List<Row> read(Class<?> room, String name) {
        try (InputStream in = room.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build lacks the resource " + name);
            }
            List<Row> rows = new ArrayList<>();
            if (new Load(LoadSettings.builder().setLabel(name).build()).loadFromInputStream(in)
                    instanceof List<?> list) {
                for (Object row : list) {
                    rows.add(new Row(name, (Map<?, ?>) row));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
