package io.kubewright.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts kept under src/test/resources; {@code -Dkubewright.golden=update} writes them anew. */
public final class Golden {
    private Golden() {}

    /** @param name path below src/test/resources/io/kubewright */
    public static void check(String name, String actual) throws IOException {
        Path file = Path.of("src/test/resources/io/kubewright").resolve(name);
        if ("update".equals(System.getProperty("kubewright.golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(actual)
                .as(file + " (update with -Dkubewright.golden=update)")
                .isEqualTo(Files.readString(file));
    }
}
