package io.kubewright.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts for people, as files that a person can read. */
class RenderingTest {
    @Test
    void planForPeople() {
        Golden.check("plan.txt", PlanReport.text(Samples.plan(), false, false));
        Golden.check("plan-whole.txt", PlanReport.text(Samples.plan(), false, true));
        Golden.check("plan-refused.txt", PlanReport.text(Samples.refused(), false, false));
    }

    @Test
    void aPlanWithNothingToDoSaysZeroToChange() {
        assertThat(PlanReport.text(Samples.nothingToDo(), false, false)).isEqualTo("0 to change, 1 same\n");
    }

    @Test
    void verificationForPeople() {
        Golden.check("verify.txt", VerificationReport.text("proofs", Samples.verification(), false, false));
        Golden.check("verify-whole.txt", VerificationReport.text("proofs", Samples.verification(), false, true));
    }

    @Test
    void driftForPeople() {
        Golden.check("drift.txt", DriftReport.text(Samples.drift(), false));
    }

    @Test
    void explanationForPeople() {
        Golden.check("explain.txt", ExplanationReport.text("host/sysctl/net", Samples.explanation(), false));
        assertThat(ExplanationReport.list(List.of(Samples.explanation()), false))
                .isEqualTo("host/sysctl  Packets are forwarded between pods and hosts.\n");
    }

    @Test
    void eventsAsLines() {
        RunLines lines = new RunLines(Style.PLAIN, false);
        Golden.check(
                "events.txt",
                String.join("", Samples.events().stream().map(lines::of).toList()));
        RunLines verbose = new RunLines(Style.PLAIN, true);
        Golden.check(
                "events-verbose.txt",
                String.join("", Samples.events().stream().map(verbose::of).toList()));
    }

    @Test
    void colourOnlyAddsColour() {
        assertThat(uncoloured(PlanReport.text(Samples.plan(), true, false)))
                .isEqualTo(PlanReport.text(Samples.plan(), false, false));
        assertThat(uncoloured(VerificationReport.text("proofs", Samples.verification(), true, true)))
                .isEqualTo(VerificationReport.text("proofs", Samples.verification(), false, true));
        assertThat(uncoloured(DriftReport.text(Samples.drift(), true)))
                .isEqualTo(DriftReport.text(Samples.drift(), false));
        assertThat(PlanReport.text(Samples.plan(), true, false)).contains("\u001b[32m+line 1\u001b[0m");
        assertThat(PlanReport.text(Samples.plan(), false, true)).doesNotContain("\u001b");
    }

    @Test
    void whatAHostPrintsCannotMoveTheCursor() {
        assertThat(Printable.text("a\u001b[2J\u0007b\r\nc\u009bd\td")).isEqualTo("a·[2J·b\nc·d\td");
        assertThat(Printable.cut("0123456789", 5)).isEqualTo("0123…");
        assertThat(ErrorReport.text("n1: \u001b]0;x\u0007", "")).isEqualTo("kubewright: n1: ·]0;x·\n");
    }

    @Test
    void durations() {
        assertThat(List.of(
                        Durations.of(40),
                        Durations.of(9_960),
                        Durations.of(59_999),
                        Durations.of(192_000),
                        Durations.of(3_720_000)))
                .containsExactly("0.0 s", "10.0 s", "59 s", "3 min 12 s", "1 h 2 min");
    }

    private static String uncoloured(String text) {
        return text.replaceAll("\u001b\\[[0-9]+m", "");
    }
}
