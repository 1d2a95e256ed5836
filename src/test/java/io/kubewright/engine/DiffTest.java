package io.kubewright.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffTest {
    @Test
    void equalTextsHaveNoDiff() {
        assertThat(Diff.unified("", "")).isEmpty();
        assertThat(Diff.unified("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void aNewTextIsAllAdded() {
        assertThat(Diff.unified("", "a\nb\n")).isEqualTo("@@ -0,0 +1,2 @@\n+a\n+b\n");
    }

    @Test
    void aGoneTextIsAllTakenAway() {
        assertThat(Diff.unified("a\n", "")).isEqualTo("@@ -1 +0,0 @@\n-a\n");
    }

    @Test
    void aChangeStandsBetweenThreeLinesOfContext() {
        assertThat(Diff.unified("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"))
                .isEqualTo("@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    }

    @Test
    void farChangesHaveHunksOfTheirOwn() {
        String before = IntStream.rangeClosed(1, 20).mapToObj(n -> n + "\n").collect(Collectors.joining());
        String after = before.replace("2\n3\n", "2\nx\n3\n").replace("18\n", "");
        assertThat(Diff.unified(before, after))
                .isEqualTo(
                        "@@ -1,5 +1,6 @@\n 1\n 2\n+x\n 3\n 4\n 5\n@@ -15,6 +16,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n");
    }

    @Test
    void aMissingLineEndShows() {
        assertThat(Diff.unified("a", "a\n")).isEqualTo("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
    }

    @Test
    void textsThatDifferInMoreThanTheLimitAreReplacedButRight() throws Exception {
        String before = IntStream.range(0, 3000).mapToObj(n -> "a" + n + "\n").collect(Collectors.joining());
        String after = IntStream.range(0, 3000).mapToObj(n -> "b" + n + "\n").collect(Collectors.joining());
        String diff = Diff.unified("head\n" + before + "tail\n", "head\n" + after + "tail\n");
        assertThat(diff).startsWith("@@ -1,3002 +1,3002 @@\n head\n-a0\n").endsWith("+b2999\n tail\n");
    }

    /** The outside judge: what patch makes of our diff is the second text. */
    @Test
    void patchTurnsTheFirstTextIntoTheSecond(@TempDir Path directory) throws Exception {
        long seed = 20261122;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            String before = randomText(random);
            String after = random.nextBoolean() ? randomText(random) : edited(random, before);
            String diff = Diff.unified(before, after);
            assertThat(patched(directory, before, diff))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(after);
        }
    }

    private static String randomText(Random random) {
        String lines = IntStream.range(0, random.nextInt(40))
                .mapToObj(n -> (char) ('a' + random.nextInt(5)) + "\n")
                .collect(Collectors.joining());
        return random.nextInt(4) == 0 && !lines.isEmpty() ? lines.substring(0, lines.length() - 1) : lines;
    }

    private static String edited(Random random, String text) {
        return text.lines()
                .map(line -> random.nextInt(8) == 0 ? "x\n" : line + "\n")
                .filter(line -> random.nextInt(10) > 0)
                .collect(Collectors.joining());
    }

    private static String patched(Path directory, String before, String diff) throws IOException, InterruptedException {
        if (diff.isEmpty()) {
            return before;
        }
        Path file = Files.writeString(directory.resolve("text"), before);
        Path patch = Files.writeString(directory.resolve("patch"), "--- text\n+++ text\n" + diff);
        Process process = new ProcessBuilder(
                        "git", "apply", "--unidiff-zero", "-p0", "--whitespace=nowarn", patch.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output + diff).isZero();
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
