package io.kubewright;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher's cache for hosts is trained on; if it fails, the launcher is silent and slow. */
class TrainingIT {
    @TempDir
    private static Path scratch;

    @Test
    void aPlanIsMade() throws Exception {
        RealBundle.get();
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String path = System.getProperty("java.class.path");
        Path out = scratch.resolve("out");
        Process training = new ProcessBuilder(
                        java,
                        "-cp",
                        path,
                        "src/launcher/Training.java",
                        "120",
                        java,
                        "-cp",
                        path,
                        "io.kubewright.cli.Main")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();

        assertThat(training.waitFor()).isZero();
        assertThat(out).content().contains("host/modules", "to create");
    }
}
