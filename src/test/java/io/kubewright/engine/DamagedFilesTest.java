package io.kubewright.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved plans and journals, damaged in seeded ways ({@link Fuzz}): never taken for another than they were. */
class DamagedFilesTest {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "null",
            "true",
            "-1",
            "1e999",
            "99999999999999999999",
            "\\u0000",
            "\\ud800",
            "\n",
            "\r",
            "\n\n",
            " ",
            "\u0000",
            "\uFEFF",
            "\uD83D\uDE00",
            "\"\"",
            "{}",
            "[]",
            "@",
            "host/sysctl@n1",
            "create",
            "[".repeat(5000),
            "{\"a\":".repeat(2000));

    @TempDir
    private Path directory;

    @Test
    void aDamagedPlanIsRefusedOrTheSame() {
        byte[] good = PlanJson.write(PlanJsonTest.PLAN).getBytes(UTF_8);
        Fuzz.run("plan", good, 500, (bytes, random) -> Fuzz.bytes(bytes, PIECES, random), damaged -> {
            try {
                assertThat(PlanJson.read(new String(damaged, UTF_8), "plan.json"))
                        .isEqualTo(PlanJsonTest.PLAN);
            } catch (PlanException refused) {
                assertThat(refused).hasMessageStartingWith("plan.json: ");
                assertThat(refused.hint()).isNotBlank();
            }
        });
    }

    @Test
    void aDamagedJournalIsReadUpToTheDamage() throws IOException {
        byte[] good = Files.readAllBytes(Path.of("src/test/resources/io/kubewright/engine/journal.jsonl"));
        Path file = Files.write(directory.resolve("journal.jsonl"), good);
        List<Journal.Entry> all = Journal.read(file).entries();
        assertThat(all).hasSize(12);
        Fuzz.run("journal", good, 300, (bytes, random) -> Fuzz.bytes(bytes, PIECES, random), damaged -> {
            Files.write(file, damaged);
            Journal.Reading reading = Journal.read(file);
            assertThat(reading.entries())
                    .isEqualTo(all.subList(0, reading.entries().size()));
            if (reading.entries().size() < all.size() && reading.fault().isEmpty()) {
                // Cut off behind a line: what the anchors on the hosts are there for.
                assertThat(new String(damaged, UTF_8).lines().filter(line -> !line.isBlank()))
                        .hasSize(reading.entries().size());
            }
            reading.fault()
                    .ifPresent(fault -> assertThat(fault)
                            .startsWith(file + ":" + (reading.entries().size() + 1) + ": "));
            try (Journal journal = Journal.open(file)) {
                journal.append("run2", "plan2", "begin", Optional.empty(), "");
            }
        });
    }
}
