package io.kubewright.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.StepId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final StepId INIT = StepId.parse("kube/init@n1");

    private final RunState state = new RunState();

    @Test
    void showsOneLineAHostWithItsStepAndTime() {
        state.on(new RunEvent.RunStarted("r1", Samples.WHEN, RunKind.APPLY, 7), 1_000);
        state.on(new RunEvent.StepStarted(INIT, "why"), 2_000);
        state.on(new RunEvent.StepStarted(StepId.parse("host/packages@worker"), "why"), 5_000);
        state.on(new RunEvent.StepLine(INIT, "waiting for etcd"), 6_000);
        assertThat(lines(14_000, 60))
                .containsExactly(
                        "apply r1  0/7  13 s",
                        "  n1         12 s  kube/init  waiting for etcd",
                        "  worker    9.0 s  host/packages");
    }

    @Test
    void whatEndedIsNoLongerShownButCounted() {
        state.on(new RunEvent.RunStarted("r1", Samples.WHEN, RunKind.APPLY, 2), 0);
        state.on(new RunEvent.StepStarted(INIT, "why"), 0);
        state.on(new RunEvent.StepDone(INIT, 5), 5);
        assertThat(lines(1_000, 60)).containsExactly("apply r1  1/2  1.0 s");
    }

    @Test
    void failuresStayInSight() {
        state.on(new RunEvent.RunStarted("r1", Samples.WHEN, RunKind.APPLY, 9), 0);
        state.on(new RunEvent.StepStarted(INIT, "why"), 0);
        state.on(new RunEvent.StepFailed(INIT, 1, "log", "hint"), 0);
        state.on(new RunEvent.HostUnreachable("n3", "refused", "hint"), 0);
        assertThat(lines(0, 60)).containsExactly("apply r1  1/9  0.0 s", "2 failed: kube/init@n1, n3");
    }

    @Test
    void aTransferShowsWhileNoStepRuns() {
        state.on(new RunEvent.TransferProgress("n1", "files", 10_000_000, 50_000_000), 0);
        assertThat(lines(0, 60)).containsExactly("  n1    0.0 s    files 10 of 50 MB");
        state.on(new RunEvent.StepStarted(INIT, "why"), 0);
        state.on(new RunEvent.TransferProgress("n1", "files", 20_000_000, 50_000_000), 0);
        assertThat(lines(0, 60)).containsExactly("  n1    0.0 s  kube/init");
    }

    @Test
    void manyHostsLeaveRoomForTheRest() {
        for (int host = 0; host < 40; host++) {
            state.on(new RunEvent.StepStarted(new StepId("kube/join", "n" + host), "why"), 0);
        }
        assertThat(state.lines(0, 60, 20, Style.PLAIN, true)).hasSize(17).endsWith("  and 24 more");
    }

    /** Whatever happens and however narrow: no line is wider than the terminal, none holds a control character. */
    @Test
    void linesFitTheTerminal() {
        long seed = 11;
        Random random = new Random(seed);
        List<RunEvent> events = Samples.events();
        for (int round = 0; round < 300; round++) {
            state.on(events.get(random.nextInt(events.size() - 1)), round);
            int width = 20 + random.nextInt(100);
            int height = 5 + random.nextInt(30);
            List<String> lines = state.lines(round * 1000L, width, height, Style.PLAIN, random.nextBoolean());
            assertThat(lines)
                    .as("seed %d round %d", seed, round)
                    .hasSizeLessThanOrEqualTo(height)
                    .allSatisfy(line -> {
                        assertThat(line.length()).isLessThanOrEqualTo(width);
                        assertThat(line.chars().noneMatch(Character::isISOControl))
                                .isTrue();
                    });
        }
    }

    private List<String> lines(long now, int width) {
        return state.lines(now, width, 20, Style.PLAIN, false);
    }
}
