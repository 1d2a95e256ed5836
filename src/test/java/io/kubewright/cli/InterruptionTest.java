package io.kubewright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.misc.Signal;

class InterruptionTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(printed, true, UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void theFirstSignalInterruptsTheRun(String name) throws InterruptedException {
        assumeFalse(ignored(name), "this process was started with SIG" + name + " ignored");
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread run = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        try (Interruption interruption = Interruption.of(run, err)) {
            Signal.raise(new Signal(name));
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            run.join();
            assertThat(interruption.asked()).isTrue();
        }
        assertThat(printed.toString(UTF_8)).contains("ending in order");
    }

    @Test
    void theSecondOneOnlySaysSo() {
        Thread idle = new Thread(() -> {});
        try (Interruption interruption = Interruption.of(idle, err)) {
            Signal.raise(new Signal("TERM"));
            Awaitility.await().until(interruption::asked);
            Signal.raise(new Signal("TERM"));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(printed.toString(UTF_8)).contains("already ending"));
        }
        assertThat(printed.toString(UTF_8)).containsOnlyOnce("ending in order");
    }

    /** A signal that was ignored when the process began, as INT in the background of a shell, stays so. */
    private static boolean ignored(String name) {
        int number = switch (name) {
            case "HUP" -> 1;
            case "INT" -> 2;
            case "TERM" -> 15;
            default -> throw new IllegalArgumentException(name);
        };
        try {
            String mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .findFirst()
                    .orElse("SigIgn: 0");
            return (Long.parseUnsignedLong(mask.substring(7).strip(), 16) >> (number - 1) & 1) == 1;
        } catch (IOException e) {
            return false;
        }
    }
}
