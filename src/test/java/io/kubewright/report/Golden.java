package io.kubewright.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Renderings kept in files: {@code -Dkubewright.golden=write} rewrites them, and a reviewer reads the difference. */
final class Golden {
    private static final Path DIRECTORY = Path.of("src/test/resources/io/kubewright/report");

    private Golden() {}

    static void check(String name, String actual) {
        Path file = DIRECTORY.resolve(name);
        try {
            if (System.getProperty("kubewright.golden", "").equals("write")) {
                Files.createDirectories(DIRECTORY);
                Files.writeString(file, actual);
            }
            assertThat(actual).as("golden file %s", file).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError("golden file " + file, e);
        }
    }
}
