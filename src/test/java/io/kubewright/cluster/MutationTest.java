package io.kubewright.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.Fuzz;
import io.kubewright.spec.Document;
import io.kubewright.spec.Problem;
import io.kubewright.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to a good file, by lines and values or by bytes, reading it gives a specification or a
 * {@link SpecException} whose problems all have a place in the file ({@link Fuzz}).
 */
class MutationTest {
    private static final Path ROOT = Path.of("src/test/resources/io/kubewright/cluster");
    private static final List<String> PIECES = List.of(
            ":",
            ": ",
            "-",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "#",
            " #",
            "&a ",
            "*a",
            "!!int ",
            "!x ",
            "|",
            ">",
            "%",
            "@",
            "\t",
            "\n",
            "\n\n",
            "  ",
            "<<: ",
            "? ",
            "---\n",
            "...\n",
            ",",
            "0",
            "-1",
            "99999999999999999999",
            "1.5",
            ".inf",
            "true",
            "null",
            "~",
            "off",
            "\u0000",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\uD83D\uDE00",
            "é",
            "::",
            "10.0.0.0/8",
            "fd00::/8",
            "0.0.0.0/0",
            "::ffff:1.2.3.4",
            "255.255.255.255",
            "1.36.4",
            "control-plane",
            "{}",
            "[]",
            "\\");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"lab.yaml", "whole.yaml"})
    void everyMutationOfLinesAndValuesIsReadOrRefusedInItsPlace(String name) throws IOException {
        AtomicInteger read = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        Fuzz.run(
                name + " by lines",
                Files.readAllBytes(ROOT.resolve(name)),
                150,
                (good, random) -> mutate(new String(good, UTF_8), random).getBytes(UTF_8),
                damaged -> (read(damaged) ? read : refused).incrementAndGet());
        assertThat(refused.get()).isGreaterThanOrEqualTo(read.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lab.yaml", "whole.yaml"})
    void everyMutationOfBytesIsReadOrRefusedInItsPlace(String name) throws IOException {
        Fuzz.run(
                name + " by bytes",
                Files.readAllBytes(ROOT.resolve(name)),
                150,
                (good, random) -> Fuzz.bytes(good, PIECES, random),
                this::read);
    }

    private boolean read(byte[] damaged) throws IOException {
        Path file = Files.write(directory.resolve("cluster.yaml"), damaged);
        try {
            ClusterFile.read(Path.of("/etc/corp/cluster.yaml"), Document.read(file));
            return true;
        } catch (SpecException e) {
            List<String> lines = new String(damaged, UTF_8).lines().toList();
            assertThat(e.problems()).isNotEmpty();
            for (Problem problem : e.problems()) {
                String line = problem.line() <= lines.size() ? lines.get(problem.line() - 1) : "";
                assertThat(problem.line()).isBetween(1, Math.max(1, lines.size()));
                assertThat(problem.column())
                        .as(problem.render())
                        .isBetween(1, line.codePointCount(0, line.length()) + 1);
                assertThat(problem.message()).isNotBlank();
                assertThat(problem.render()).contains("cluster.yaml:" + problem.line() + ":" + problem.column() + ": ");
            }
            assertThat(e.code()).isNotNull();
            return false;
        }
    }

    private static String mutate(String good, SplittableRandom random) {
        String text = good;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            text = once(text, random);
        }
        return text;
    }

    private static String once(String text, SplittableRandom random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty()) {
            return PIECES.get(random.nextInt(PIECES.size()));
        }
        int line = random.nextInt(lines.size());
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        switch (random.nextInt(7)) {
            case 0 -> lines.remove(line);
            case 1 -> lines.add(line, lines.get(random.nextInt(lines.size())));
            case 2 ->
                lines.set(line, "  ".repeat(random.nextInt(4)) + lines.get(line).stripLeading());
            case 3 -> lines.set(line, cut(lines.get(line), random));
            case 4 -> lines.set(line, lines.get(line).replaceFirst(":.*", Matcher.quoteReplacement(": " + piece)));
            case 5 -> lines.set(line, lines.get(line).replaceFirst("[A-Za-z]{2,}", Matcher.quoteReplacement(piece)));
            default -> lines.set(line, insert(lines.get(line), piece, random));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String cut(String line, SplittableRandom random) {
        int from = random.nextInt(line.length() + 1);
        return line.substring(0, from) + line.substring(random.nextInt(from, line.length() + 1));
    }

    private static String insert(String line, String piece, SplittableRandom random) {
        int at = random.nextInt(line.length() + 1);
        return line.substring(0, at) + piece + line.substring(at);
    }
}
