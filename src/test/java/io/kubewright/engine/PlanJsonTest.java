package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanJsonTest {
    static final Plan PLAN = Plan.of(
            RunKind.APPLY,
            "0.1.0",
            Instant.parse("2026-11-22T10:00:00.5Z"),
            "/etc/cluster.yaml",
            "ab".repeat(32),
            "cd".repeat(32),
            List.of("calico 3.31.0 is untested"),
            List.of(
                    Step.known(
                                    StepId.parse("host/sysctl@n1"),
                                    Action.CHANGE,
                                    "packets are forwarded",
                                    List.of(StepId.parse("host/modules@n1")),
                                    "a\n",
                                    "b\n")
                            .withDeviation(Optional.of("kernel is shared"))
                            .withLoses(Optional.of("the pods of n1"))
                            .withRefusal(Optional.of(new Refusal("owned by salt", "tell salt"))),
                    Step.accompanying(StepId.parse("kube/token@n1"), "nodes join with it", List.of()),
                    Step.deferred(
                            StepId.cluster("network/calico/pool"), "pods get addresses", List.of(), "x\n", "no API")));

    @Test
    void readsBackWhatItWrote() {
        assertThat(PlanJson.read(PlanJson.write(PLAN), "p")).isEqualTo(PLAN);
    }

    @Test
    void countsEveryAction() {
        assertThat(PlanJson.write(PLAN).replaceAll("\\s", ""))
                .contains("\"summary\":{\"create\":0,\"change\":1,\"replace\":0,\"remove\":0,\"same\":0,"
                        + "\"deferred\":1,\"accompany\":1}");
    }

    @Test
    void anEditedPlanIsFoundOut() {
        String edited = PlanJson.write(PLAN).replace("host/sysctl", "host/system");
        assertThatThrownBy(() -> PlanJson.read(edited, "plan.json"))
                .isInstanceOfSatisfying(
                        PlanException.class,
                        problem -> assertThat(problem.code()).isEqualTo(PlanException.Code.EDITED))
                .hasMessageContaining("plan.json: the plan's content is not what its id " + PLAN.id());
    }

    @Test
    void anotherSchemaIsNotRead() {
        String other = PlanJson.write(PLAN).replace("plan/v1", "plan/v2");
        assertThatThrownBy(() -> PlanJson.read(other, "p"))
                .isInstanceOfSatisfying(
                        PlanException.class,
                        problem -> assertThat(problem.code()).isEqualTo(PlanException.Code.SCHEMA));
    }

    @Test
    void whatIsNoPlanIsSaidSo() {
        for (String text : List.of("", "{", "[]", "7", "{\"schema\":\"kubewright.io/plan/v1\"}", "null")) {
            assertThatThrownBy(() -> PlanJson.read(text, "p"))
                    .as(text)
                    .isInstanceOfSatisfying(
                            PlanException.class,
                            problem -> assertThat(problem.code()).isEqualTo(PlanException.Code.MALFORMED));
        }
    }

    @Test
    void anyChangeChangesTheId() {
        Plan later = Plan.of(
                PLAN.kind(),
                PLAN.tool(),
                PLAN.created().plusSeconds(1),
                PLAN.file(),
                PLAN.spec(),
                PLAN.bundle(),
                PLAN.notes(),
                PLAN.steps());
        assertThat(later.id()).isNotEqualTo(PLAN.id()).hasSize(16);
    }
}
