package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendOrderTest {
    private static final long LARGE = 1L << 30;

    private static StepId id(String text) {
        return StepId.parse(text);
    }

    private static Step step(String step, String... needs) {
        return Step.accompanying(
                id(step), "", Stream.of(needs).map(SendOrderTest::id).toList());
    }

    private static final List<Step> STEPS = List.of(
            step("images@n1"),
            step("more@n1", "images@n1"),
            step("images@n2"),
            step("images@n3"),
            step("init@n1", "images@n1"),
            step("join@n2", "images@n2", "init@n1"),
            step("join@n3", "images@n3", "init@n1", "join@n2"),
            step("settled@cluster", "join@n2", "join@n3", "more@n1"));

    @Test
    void aStepWeighsWhatOthersWaitForIt() {
        SendOrder order = new SendOrder(STEPS, Duration.ofMinutes(5));
        assertThat(order.awaiting(id("images@n1"))).isEqualTo(3);
        assertThat(order.awaiting(id("images@n2"))).isEqualTo(2);
        assertThat(order.awaiting(id("images@n3"))).isEqualTo(1);
        assertThat(order.awaiting(id("more@n1"))).isEqualTo(1);
    }

    @Test
    void whoIsWaitedForGoesFirstAndSmallFilesAtOnce() throws Exception {
        SendOrder order = new SendOrder(STEPS, Duration.ofMinutes(5));
        List<String> entered = Collections.synchronizedList(new ArrayList<>());
        order.enter(id("images@n1"), LARGE);
        order.enter(id("images@n3"), 1000);
        Thread second = Thread.ofVirtual().start(() -> {
            try {
                order.enter(id("images@n2"), LARGE);
                entered.add("n2");
            } catch (InterruptedException e) {
                entered.add("interrupted");
            }
        });
        while (second.isAlive() && second.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(entered).isEmpty();
        order.leave("n1");
        second.join();
        assertThat(entered).containsExactly("n2");
    }

    @Test
    void patienceEndsAndIsNotRenewed() throws Exception {
        Duration patience = Duration.ofSeconds(2);
        SendOrder order = new SendOrder(STEPS, patience);
        order.enter(id("images@n1"), LARGE);
        long start = System.nanoTime();
        order.enter(id("images@n2"), LARGE);
        long first = System.nanoTime() - start;
        order.enter(id("images@n2"), LARGE);
        long both = System.nanoTime() - start;
        assertThat(first).isGreaterThanOrEqualTo(patience.toNanos());
        assertThat(both - first).isLessThan(patience.toNanos() / 2);
    }
}
