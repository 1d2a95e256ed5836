package io.kubewright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
            interrupted.await();
            run.join();
            assertThat(interruption.asked()).isTrue();
        }
        assertThat(printed.toString(UTF_8)).contains("ending in order");
    }

    @Test
    void theSecondOneOnlySaysSo() {
        Thread idle = new Thread(() -> {});
        try (Interruption interruption = Interruption.of(idle, err)) {
            Signal.raise(new Signal("INT"));
            Awaitility.await().until(interruption::asked);
            Signal.raise(new Signal("INT"));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(printed.toString(UTF_8)).contains("already ending"));
        }
        assertThat(printed.toString(UTF_8)).containsOnlyOnce("ending in order");
    }
}
