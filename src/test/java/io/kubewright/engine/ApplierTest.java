package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plan, apply and re-probe with real scripts in this machine's sh; each host is a directory. */
class ApplierTest {
    private static final Planner.Binding BINDING = new Planner.Binding("test", "/f", "s", "b", List.of());

    @TempDir
    Path directory;

    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, LocalTarget> hosts = new LinkedHashMap<>();
    private Targets targets;

    /** A file with content, made by a fragment that a case may replace. */
    record TextFile(
            StepId id,
            Set<StepId> needs,
            Path file,
            String content,
            Function<Outputs, String> fragment,
            Set<StepId> accompanies)
            implements HostResource {
        static TextFile of(String step, Path file, String content, String... needs) {
            return new TextFile(
                    StepId.parse(step),
                    Set.copyOf(java.util.Arrays.stream(needs).map(StepId::parse).toList()),
                    file,
                    content,
                    _ -> "printf '%s' " + Shell.quote(content) + " | kw_put " + Shell.quote(file.toString())
                            + " 0644\n",
                    Set.of());
        }

        TextFile applying(Function<Outputs, String> other) {
            return new TextFile(id, needs, file, content, other, accompanies);
        }

        TextFile accompanying(String step) {
            return new TextFile(id, needs, file, content, fragment, Set.of(StepId.parse(step)));
        }

        @Override
        public String probe() {
            return "if [ -e " + Shell.quote(file.toString()) + " ]; then cat " + Shell.quote(file.toString())
                    + "; fi\n";
        }

        @Override
        public String desired(String observed) {
            return content;
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return fragment.apply(outputs);
        }

        @Override
        public String undo() {
            return "kw_restore " + Shell.quote(file.toString()) + "\n";
        }
    }

    @BeforeEach
    void twoHosts() {
        for (String name : List.of("n1", "n2")) {
            hosts.put(name, new LocalTarget(name, directory.resolve(name)));
        }
        targets = new Targets() {
            @Override
            public List<String> names() {
                return List.copyOf(hosts.keySet());
            }

            @Override
            public Target get(String name) {
                return Optional.ofNullable(hosts.get(name)).orElseThrow();
            }

            @Override
            public void close() {}
        };
        hosts.values().forEach(host -> host.root.toFile().mkdirs());
    }

    private Plan plan(List<Resource> resources) throws InterruptedException {
        return Planner.plan(
                resources, Survey.of(targets, resources), BINDING, Instant.EPOCH, path -> "because", _ -> true);
    }

    private RunEvent.RunFinished apply(Plan plan, List<Resource> resources) throws InterruptedException {
        try (Journal journal = Journal.open(directory.resolve("journal/journal.jsonl"))) {
            return new Applier(targets, resources, journal, events::add).apply(plan, Survey.of(targets, resources));
        }
    }

    @Test
    void whatIsPlannedIsDoneAndThenNothingIsLeftToDo() throws Exception {
        List<Resource> resources = List.of(
                TextFile.of("t/b@n1", directory.resolve("b"), "two\nlines\n", "t/a@n1"),
                TextFile.of("t/a@n1", directory.resolve("a"), "it's $HOME `x`\n"),
                TextFile.of("t/c@n2", directory.resolve("c"), "c\n", "t/b@n1"));
        Plan plan = plan(resources);
        assertThat(plan.steps())
                .extracting(step -> step.id() + " " + step.action())
                .containsExactly("t/a@n1 CREATE", "t/b@n1 CREATE", "t/c@n2 CREATE");

        RunEvent.RunFinished finished = apply(plan, resources);

        assertThat(finished.outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(finished.counts()).isEqualTo(new RunEvent.Counts(3, 0, 0, 0));
        assertThat(directory.resolve("a")).hasContent("it's $HOME `x`");
        assertThat(plan(resources).acts()).isFalse();
        assertThat(hosts.get("n1").root.resolve("state/steps/t=a/undo.sh"))
                .content()
                .contains("kw_restore");
        assertThat(Journal.read(directory.resolve("journal/journal.jsonl")).fault())
                .isEmpty();
    }

    @Test
    void consecutiveStepsOfAHostTravelInOneScript() throws Exception {
        List<Resource> resources = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            resources.add(TextFile.of(
                    "t/s" + i + "@n1",
                    directory.resolve("s" + i),
                    "x\n",
                    i == 0 ? new String[0] : new String[] {"t/s" + (i - 1) + "@n1"}));
        }
        Plan plan = plan(resources);
        Survey survey = Survey.of(targets, resources);
        int before = hosts.get("n1").runs;
        try (Journal journal = Journal.open(directory.resolve("j/journal.jsonl"))) {
            new Applier(targets, resources, journal, events::add).apply(plan, survey);
        }
        assertThat(hosts.get("n1").runs - before)
                .as("one for the steps, one for the anchor")
                .isEqualTo(2);
    }

    @Test
    void aStateThatChangedSinceThePlanIsRefusedAndNothingIsTouched() throws Exception {
        List<Resource> resources = List.of(
                TextFile.of("t/a@n1", directory.resolve("a"), "wanted\n"),
                TextFile.of("t/b@n2", directory.resolve("b"), "wanted\n"));
        Plan plan = plan(resources);
        Files.writeString(directory.resolve("a"), "someone else\n");

        RunEvent.RunFinished finished = apply(plan, resources);

        assertThat(finished.outcome()).isEqualTo(RunEvent.Outcome.REFUSED);
        assertThat(directory.resolve("a")).hasContent("someone else");
        assertThat(directory.resolve("b")).doesNotExist();
    }

    @Test
    void aStateThatChangesBetweenTheLookAndTheActionIsRefusedOnTheHost() throws Exception {
        Path a = directory.resolve("a");
        List<Resource> resources = List.of(
                TextFile.of("t/first@n1", directory.resolve("first"), "x\n")
                        .applying(_ -> "echo x >" + directory.resolve("first") + "; echo other >" + a + "\n"),
                TextFile.of("t/second@n1", a, "wanted\n", "t/first@n1"));

        RunEvent.RunFinished finished = apply(plan(resources), resources);

        assertThat(finished.outcome()).isEqualTo(RunEvent.Outcome.REFUSED);
        assertThat(a).hasContent("other");
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                RunEvent.StepRefused.class,
                                refused -> assertThat(refused.reason()).contains("+other")));
    }

    @Test
    void aFailureStopsItsHostAndWhatWaitsForItAndNothingElse() throws Exception {
        List<Resource> resources = List.of(
                TextFile.of("t/bad@n1", directory.resolve("bad"), "x\n").applying(_ -> "echo the cause >&2; exit 7\n"),
                TextFile.of("t/after@n1", directory.resolve("after"), "x\n"),
                TextFile.of("t/waits@n2", directory.resolve("waits"), "x\n", "t/bad@n1"),
                TextFile.of("t/free@n2", directory.resolve("free"), "x\n"));

        RunEvent.RunFinished finished = apply(plan(resources), resources);

        assertThat(finished.outcome()).isEqualTo(RunEvent.Outcome.FAILED);
        assertThat(events)
                .contains(new RunEvent.StepFailed(
                        StepId.parse("t/bad@n1"),
                        7,
                        "the cause\n",
                        "Mend the cause and run apply again: it goes on from here."));
        assertThat(directory.resolve("free")).exists();
        assertThat(directory.resolve("waits")).doesNotExist();
        assertThat(directory.resolve("after")).doesNotExist();
        assertThat(events).contains(new RunEvent.StepSkipped(StepId.parse("t/waits@n2"), "waits for t/bad@n1"));
    }

    @Test
    void aCommandThatFailsInTheMiddleOfAFragmentFailsIt() throws Exception {
        List<Resource> resources = List.of(TextFile.of("t/bad@n1", directory.resolve("bad"), "x\n")
                .applying(_ -> "ls /nonexistent\necho x >" + directory.resolve("bad") + "\n"));

        assertThat(apply(plan(resources), resources).counts().failed()).isEqualTo(1);
        assertThat(directory.resolve("bad")).doesNotExist();
    }

    @Test
    void aCommandThatFailsInTheMiddleOfAProbeIsNotTakenForAState() throws Exception {
        TextFile blind = TextFile.of("t/a@n1", directory.resolve("missing"), "x\n");
        HostResource broken = new HostResource() {
            @Override
            public StepId id() {
                return blind.id();
            }

            @Override
            public Set<StepId> needs() {
                return Set.of();
            }

            @Override
            public String probe() {
                return "ls /nonexistent\necho looks fine\n";
            }

            @Override
            public String desired(String observed) {
                return "x\n";
            }

            @Override
            public String apply(String observed, Outputs outputs) {
                return ":\n";
            }

            @Override
            public String undo() {
                return "";
            }
        };

        Plan plan = plan(List.of(broken));

        assertThat(plan.refused()).hasSize(1);
        assertThat(plan.refused().getFirst().refusal().orElseThrow().reason()).contains("/nonexistent");
    }

    @Test
    void anActionWithoutEffectIsAFailure() throws Exception {
        List<Resource> resources = List.of(
                TextFile.of("t/idle@n1", directory.resolve("idle"), "x\n").applying(_ -> ":\n"));

        RunEvent.RunFinished finished = apply(plan(resources), resources);

        assertThat(finished.outcome()).isEqualTo(RunEvent.Outcome.FAILED);
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                RunEvent.StepFailed.class,
                                failed ->
                                        assertThat(failed.log()).contains("yet what was found is not what is wanted")));
    }

    @Test
    void aServingStepRunsOnlyForWhatItServesAndHandsOnInMemory() throws Exception {
        TextFile token = TextFile.of("t/token@n1", directory.resolve("unused"), "")
                .applying(_ -> "echo s3cret | kw_output token\n")
                .accompanying("t/join@n2");
        TextFile join = TextFile.of("t/join@n2", directory.resolve("join"), "s3cret\n", "t/token@n1")
                .applying(outputs -> "printf '%s' "
                        + Shell.quote(
                                outputs.get(token.id(), "token").orElseThrow().reveal())
                        + " | kw_put " + directory.resolve("join") + " 0600\n");
        List<Resource> resources = List.of(join, token);

        RunEvent.RunFinished finished = apply(plan(resources), resources);

        assertThat(finished.outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(plan(resources).steps()).extracting(Step::id).containsExactly(join.id());
        assertThat(events.toString()).doesNotContain("s3cret");
        try (var files = Files.walk(directory.resolve("n1"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file).content().doesNotContain("s3cret");
            }
        }
    }

    @Test
    void anInterruptFinishesTheStepAndBeginsNoOther() throws Exception {
        List<Resource> resources = List.of(
                TextFile.of("t/slow@n1", directory.resolve("slow"), "x\n")
                        .applying(_ -> "sleep 4; echo x >" + directory.resolve("slow") + "\n"),
                TextFile.of("t/next@n1", directory.resolve("next"), "x\n", "t/slow@n1"));
        Plan plan = plan(resources);
        Thread caller = Thread.currentThread();
        Thread.ofVirtual().start(() -> {
            while (events.stream().noneMatch(RunEvent.StepStarted.class::isInstance)) {
                pause();
            }
            caller.interrupt();
        });

        RunEvent.RunFinished finished = apply(plan, resources);

        assertThat(finished.outcome()).isEqualTo(RunEvent.Outcome.INTERRUPTED);
        assertThat(directory.resolve("slow")).exists();
        assertThat(directory.resolve("next")).doesNotExist();
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anEditedJournalIsFound() throws IOException, InterruptedException {
        List<Resource> resources = List.of(TextFile.of("t/a@n1", directory.resolve("a"), "x\n"));
        apply(plan(resources), resources);
        Path journal = directory.resolve("journal/journal.jsonl");
        Files.writeString(journal, Files.readString(journal).replaceFirst("t/a@n1", "t/z@n1"));

        assertThat(Journal.read(journal).fault())
                .hasValueSatisfying(fault -> assertThat(fault).contains(":2:"));
    }
}
