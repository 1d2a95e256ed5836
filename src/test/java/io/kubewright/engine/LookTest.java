package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is asked during one look. */
class LookTest {
    private final Look look = new Look();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void whoAsksMeanwhileWaitsForTheSameAnswer() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        List<Integer> answers = Scope.allOrThrow(List.of(() -> ask(both), () -> ask(both)));
        assertThat(answers).containsExactly(1, 1);
        assertThat(look.<Integer>once("another question", asked::incrementAndGet))
                .isEqualTo(2);
    }

    private int ask(CountDownLatch both) throws InterruptedException {
        both.countDown();
        return look.once("question", () -> {
            assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
            return asked.incrementAndGet();
        });
    }

    @Test
    void aFailureIsEverybodys() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> look.once("question", () -> {
                        throw new IllegalStateException("no answer " + asked.incrementAndGet());
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no answer 1");
        }
    }

    @Test
    void whatIsForgottenIsAskedAgain() throws InterruptedException {
        assertThat(look.<Integer>once("question", asked::incrementAndGet)).isEqualTo(1);
        look.forget();
        assertThat(look.<Integer>once("question", asked::incrementAndGet)).isEqualTo(2);
    }
}
