package io.kubewright.engine.resource;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/** Writes trees of maps, lists, strings, numbers and booleans as YAML that YAML 1.1 readers (Kubernetes) read alike. */
public final class Yaml {
    /** Words that YAML 1.1 takes for something else than a string. */
    private static final Set<String> NOT_STRINGS =
            Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf");

    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setWidth(10_000)
            .build();

    private Yaml() {}

    /** The documents one after the other, {@code ---} between them. */
    public static String print(Object... documents) {
        return print(Arrays.asList(documents));
    }

    /** The documents one after the other, {@code ---} between them. */
    public static String print(List<?> documents) {
        return documents.stream()
                .map(document -> new Dump(SETTINGS, new Careful(SETTINGS)).dumpToString(document))
                .collect(Collectors.joining("---\n"));
    }

    private static final class Careful extends StandardRepresenter {
        Careful(DumpSettings settings) {
            super(settings);
            this.representers.put(String.class, text -> string((String) text));
        }

        private Node string(String text) {
            boolean plain = text.matches("[A-Za-z/](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9_/-])?")
                    && !NOT_STRINGS.contains(text.toLowerCase(java.util.Locale.ROOT));
            boolean lines = text.indexOf('\n') >= 0;
            return representScalar(
                    Tag.STR, text, plain ? ScalarStyle.PLAIN : lines ? ScalarStyle.LITERAL : ScalarStyle.DOUBLE_QUOTED);
        }
    }
}
