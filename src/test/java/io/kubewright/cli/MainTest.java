package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Action;
import io.kubewright.engine.Drift;
import io.kubewright.engine.PlanJson;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.StepId;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MainTest {
    private final FakeWork work = new FakeWork();

    @ParameterizedTest
    @CsvSource({"SAME, 0", "CREATE, 2", "CHANGE, 2", "REPLACE, 2", "REMOVE, 2", "DEFERRED, 2"})
    void planTellsWhetherSomethingWouldChange(Action action, int exit) {
        work.plan = FakeWork.planOf(action);
        assertThat(CommandLineCase.of(work, "plan").exit()).isEqualTo(exit);
    }

    @Test
    void aPlanWithARefusedStepIsRefused() {
        work.plan = FakeWork.refusedPlan();
        assertThat(CommandLineCase.of(work, "plan").exit()).isEqualTo(3);
        CommandLineCase apply = CommandLineCase.of(work, "apply", "--yes");
        assertThat(apply.exit()).isEqualTo(3);
        assertThat(apply.err()).contains("nothing was done: the plan holds 1 refused step");
        assertThat(work.asked).noneMatch(each -> each.startsWith("run"));
    }

    @ParameterizedTest
    @CsvSource({"DONE, 0", "FAILED, 1", "REFUSED, 3", "INTERRUPTED, 130"})
    void theOutcomeOfARunIsTheExitCode(RunEvent.Outcome outcome, int exit) {
        work.outcome = outcome;
        for (String command : List.of("apply")) {
            assertThat(CommandLineCase.of(work, command, "--yes").exit())
                    .as(command)
                    .isEqualTo(exit);
        }
    }

    @Test
    void nothingToDoIsDoneWithoutAskingOrRunning() {
        work.plan = FakeWork.planOf(Action.SAME);
        CommandLineCase apply = CommandLineCase.of(work, "apply");
        assertThat(apply.exit()).isZero();
        assertThat(apply.out()).isEqualTo("0 to change, 1 same\n");
        assertThat(work.asked).containsExactly("open cluster.yaml", "plan [][]", "close");
    }

    @Test
    void verifyAndDriftTellByTheirExitCode() {
        assertThat(CommandLineCase.of(work, "verify").exit()).isZero();
        work.verification = new Verification(List.of(new Verification.Entry("proof/a", "n1", false, "c", "e", 1)));
        assertThat(CommandLineCase.of(work, "verify", "--disruptive").exit()).isEqualTo(2);
        assertThat(work.asked).contains("verify []true");
        assertThat(CommandLineCase.of(work, "preflight").exit()).isEqualTo(2);
        assertThat(CommandLineCase.of(work, "drift").exit()).isZero();
        work.drift = new Drift(List.of(new Drift.Entry(StepId.parse("host/swap@n1"), "a", "b")));
        assertThat(CommandLineCase.of(work, "drift").exit()).isEqualTo(2);
    }

    @Test
    void withoutATerminalAndWithoutYesNothingIsDone() {
        for (String command : List.of("apply")) {
            CommandLineCase call = CommandLineCase.of(work, command);
            assertThat(call.exit()).as(command).isEqualTo(3);
            assertThat(call.err()).contains("there is no terminal to ask on").contains("--yes");
        }
        assertThat(work.asked).noneMatch(each -> each.startsWith("run"));
    }

    @ParameterizedTest
    @CsvSource({"y, 0", "YES, 0", "n, 3", "'', 3", "yesterday, 3"})
    void onATerminalTheUserDecides(String answer, int exit) {
        CommandLineCase call = CommandLineCase.typing(answer + "\n", work, "apply");
        assertThat(call.exit()).isEqualTo(exit);
        assertThat(call.err()).contains("Apply this step? [y/N] ");
        assertThat(work.asked.stream().anyMatch(each -> each.startsWith("run"))).isEqualTo(exit == 0);
    }

    @Test
    void anInterruptAtThePromptEndsInOrder() {
        Thread.currentThread().interrupt();
        CommandLineCase call = CommandLineCase.typing("", work, "apply");
        assertThat(call.exit()).isEqualTo(130);
        assertThat(work.asked).endsWith("close").noneMatch(each -> each.startsWith("run"));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aSavedPlanIsDoneExactly(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("plan.json");
        assertThat(CommandLineCase.of(work, "plan", "-o", file.toString()).exit())
                .isEqualTo(2);
        work.asked.clear();
        assertThat(CommandLineCase.of(work, "apply", "--yes", file.toString()).exit())
                .isZero();
        assertThat(work.asked).containsExactly("open cluster.yaml", "run " + work.plan.id(), "close");

        Files.writeString(file, Files.readString(file).replace("swap is off", "swap is on"));
        work.asked.clear();
        assertThat(CommandLineCase.of(work, "apply", "--yes", file.toString()).exit())
                .isEqualTo(3);
        Files.writeString(file, "hello");
        assertThat(CommandLineCase.of(work, "apply", "--yes", file.toString()).exit())
                .isEqualTo(64);
        CommandLineCase missing = CommandLineCase.of(work, "apply", "--yes", file + "x");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.err()).contains(file + "x: no such file or directory");
        assertThat(CommandLineCase.of(work, "apply", "--only", "host", file.toString())
                        .exit())
                .isEqualTo(64);
        assertThat(work.asked).isEmpty();
    }

    @Test
    void jsonIsTheOnlyThingOnStandardOutput() {
        CommandLineCase plan = CommandLineCase.of(work, "plan", "--json");
        assertThat(PlanJson.read(plan.out(), "out")).isEqualTo(work.plan);
        JsonNode verify = JsonMapper.builder()
                .build()
                .readTree(CommandLineCase.of(work, "--json", "verify").out());
        assertThat(verify.path("schema").asString()).isEqualTo("kubewright.io/verify/v1");
    }

    @Test
    void applyGivesOneEventALine() {
        CommandLineCase apply = CommandLineCase.of(work, "apply", "--json", "--yes");
        assertThat(apply.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(JsonMapper.builder()
                                .build()
                                .readTree(line)
                                .path("schema")
                                .asString())
                        .isEqualTo("kubewright.io/event/v1"));
        assertThat(apply.err()).contains("host/swap").contains("1 to change");

        work.plan = FakeWork.planOf(Action.SAME);
        assertThat(CommandLineCase.of(work, "apply", "--json").lines())
                .singleElement()
                .asString()
                .contains("\"run-finished\"", "\"done\":0");
    }

    @Test
    void aFailureSaysWhatAndWhatToDo() {
        work.trouble = Optional.of(new TargetException(
                "n2", TargetException.Code.UNREACHABLE, "no answer at 10.77.0.12:22", "Is the host on?"));
        CommandLineCase call = CommandLineCase.of(work, "plan", "--json");
        assertThat(call.exit()).isEqualTo(1);
        assertThat(call.err()).isEqualTo("kubewright: n2: no answer at 10.77.0.12:22\n  Is the host on?\n");
        assertThat(call.lines()).singleElement().asString().contains("kubewright.io/error/v1", "\"exit\":1");
        assertThat(work.asked).endsWith("close");
    }

    @Test
    void aFaultOfOursSaysSoAndShowsItsPlaceWhenAsked() {
        work.trouble = Optional.of(new IllegalStateException("table empty"));
        CommandLineCase call = CommandLineCase.of(work, "plan");
        assertThat(call.exit()).isEqualTo(1);
        assertThat(call.err()).contains("a fault of Kubewright itself").doesNotContain("\tat ");
        assertThat(CommandLineCase.of(work, "plan", "-v").err()).contains("\tat io.kubewright");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plann",
                "plan --wrong",
                "plan extra",
                "plan --only A/B",
                "plan -f",
                "journal",
                "journal show",
                "journal show run-",
                "journal show other",
                "explain nothing/here"
            })
    void badUsageIs64(String arguments) {
        CommandLineCase call = CommandLineCase.of(work, arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(call.exit()).as(call.err()).isEqualTo(64);
        assertThat(call.err()).startsWith("kubewright: ");
        assertThat(call.out()).isEmpty();
    }

    @Test
    void optionsStandBeforeOrAfterTheCommand() {
        CommandLineCase.of(
                work, "-f", "a.yaml", "plan", "--only", "host/*", "--only", "kube", "--skip", "host/swap@n1");
        CommandLineCase.of(work, "--only", "host", "verify", "-f", "b.yaml");
        assertThat(work.asked)
                .containsExactly(
                        "open a.yaml",
                        "plan [host/*, kube][host/swap@n1]",
                        "close",
                        "open b.yaml",
                        "verify [host]false",
                        "close");
    }

    @Test
    void explainFindsTheStepOfATarget() {
        assertThat(CommandLineCase.of(work, "explain", "host/swap@n1").out())
                .startsWith("host/swap\n\nWhy\n  no swap\n");
        assertThat(CommandLineCase.of(work, "explain").out()).isEqualTo("host/swap  no swap\n");
    }

    @Test
    void journalIsShownAndChecked() {
        assertThat(CommandLineCase.of(work, "journal", "list").lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("run-b");
        assertThat(CommandLineCase.of(work, "journal", "show", "run-a").lines()).hasSize(1);
        assertThat(CommandLineCase.of(work, "journal", "verify").exit()).isZero();
        work.problems = List.of("line 3 was changed");
        assertThat(CommandLineCase.of(work, "journal", "verify").exit()).isEqualTo(2);
    }

    @Test
    void versionAndHelp() {
        assertThat(CommandLineCase.of(work, "--version").out()).matches("kubewright \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
        CommandLineCase help = CommandLineCase.of(work, "plan", "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).startsWith("Usage: kubewright plan");
        assertThat(work.asked).isEmpty();
    }
}
