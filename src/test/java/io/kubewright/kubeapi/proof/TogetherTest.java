package io.kubewright.kubeapi.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What keeps proofs bounded and apart. */
class TogetherTest {
    @Test
    void aPlaceThatHangsCostsTheOthersNothing() throws InterruptedException {
        long begin = System.nanoTime();
        Map<String, Asked<String>> asked =
                Together.ask(List.of("n1", "n2", "n3"), Duration.ofMillis(1500), place -> switch (place) {
                    case "n1" -> "well";
                    case "n2" -> throw new IllegalStateException("n2 is down");
                    default -> {
                        Thread.sleep(60_000);
                        yield "never";
                    }
                });
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(asked.keySet()).containsExactly("n1", "n2", "n3");
        List<String> said = asked.values().stream()
                .map(each -> each.fold(value -> value, reason -> reason))
                .toList();
        assertThat(said).containsExactly("well", "n2 is down", "n3: no answer within 1 s");
    }

    @Test
    void onceIsMadeOnceAlsoWhenItFails() {
        AtomicInteger made = new AtomicInteger();
        Once<String> once = new Once<>(() -> {
            made.incrementAndGet();
            throw new IllegalStateException("no API");
        });
        assertThatThrownBy(once::get).hasMessage("no API");
        assertThatThrownBy(once::get).hasMessage("no API");
        assertThat(made).hasValue(1);
    }

    @Test
    void namespacesOfLivingRunsAreLeftAlone() {
        Instant now = Instant.now();
        String ours = ProofOwner.ourselves().toString();
        assertThat(ProofOwner.abandoned(ours, now)).isFalse();
        assertThat(ProofOwner.abandoned(ours, now.plusSeconds(4000))).isTrue();
        String[] parts = ours.split(" ");
        // The highest process id of Linux plus one.
        assertThat(ProofOwner.abandoned(parts[0] + " 4194305 " + parts[2] + " " + parts[3], now))
                .isTrue();
        assertThat(ProofOwner.abandoned("elsewhere 4194305 " + parts[2] + " " + parts[3], now))
                .isFalse();
        assertThat(ProofOwner.abandoned("", now)).isTrue();
    }

    @Test
    void tasksAndOutcomesTravelAsTheProbeWritesThem() {
        Map<String, Outcome> outcomes = ProbeText.decode("""
                {"id":"udp n2","reached":true,"attempts":1,"sent":8,"received":8,"answers":{"n2":9},"error":"","millis":1}
                {"id":"tcp n2","reached":false,"attempts":9,"sent":0,"received":0,"answers":{},"error":"no answer in time","millis":0}
                """);
        assertThat(outcomes.keySet()).containsExactly("udp n2", "tcp n2");
        assertThatThrownBy(() -> ProbeText.decode("exec failed"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exec failed");
        assertThat(ProbeText.arguments(List.of(Task.echo("x", "udp", "10.0.0.1:7070", "words", 8))))
                .startsWith("tasks --deadline 24s --base64 ");
    }
}
