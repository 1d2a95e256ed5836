package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kubewright.engine.ApplierTest.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps taken back from nothing but a host's own records, with real scripts; the host is a directory. */
class UndoTest {
    private static final Planner.Binding BINDING = new Planner.Binding("test", "/f", "s", "", List.of());

    @TempDir
    Path directory;

    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
    private LocalTarget host;
    private Targets targets;

    @BeforeEach
    void oneHost() {
        host = new LocalTarget("n1", directory.resolve("n1"));
        host.root.toFile().mkdirs();
        targets = host.alone();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private String content(String name) throws IOException {
        return Files.readString(file(name));
    }

    /** A file whose state is written as those of the product are. */
    private HostResource step(String name, String content, String... needs) {
        TextFile plain = TextFile.of("t/" + name + "@n1", file(name), content, needs);
        return new Named(plain, file(name));
    }

    private record Named(TextFile plain, Path file) implements HostResource {
        @Override
        public StepId id() {
            return plain.id();
        }

        @Override
        public Set<StepId> needs() {
            return plain.needs();
        }

        @Override
        public String probe() {
            return "if [ -e %1$s ]; then echo 'file %1$s'; sed 's/^/  /' %1$s; fi\n".formatted(file);
        }

        @Override
        public String desired(String observed) {
            return "file " + file + "\n  " + plain.content();
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return plain.apply(observed, outputs);
        }

        @Override
        public String undo() {
            return plain.undo();
        }
    }

    private void apply(HostResource... resources) throws InterruptedException {
        List<Resource> all = List.of(resources);
        Plan plan = Planner.plan(all, Survey.of(targets, all), BINDING, Instant.EPOCH, _ -> "because", _ -> true);
        assertThat(run(plan, all, Survey.of(targets, all)).outcome())
                .as("%s", events)
                .isEqualTo(RunEvent.Outcome.DONE);
    }

    private RunEvent.RunFinished run(Plan plan, List<Resource> resources, Survey survey) {
        try (Journal journal = Journal.open(file("journal/journal.jsonl"))) {
            return new Applier(targets, resources, journal, events::add).apply(plan, survey);
        }
    }

    private List<Resource> recorded() throws InterruptedException {
        List<Resource> resources = new ArrayList<>();
        Set<StepId> before = Set.of();
        for (HostRecords.Recorded each : HostRecords.read(host).reversed()) {
            resources.add(new RecordedStep(each, before));
            before = Set.of(each.step());
        }
        resources.add(RecordsRemoval.of("n1", before));
        return resources;
    }

    private static Survey seen(List<Resource> resources) {
        Map<StepId, Observation> seen = new HashMap<>();
        resources.forEach(each -> seen.put(
                each.id(),
                switch (each) {
                    case RecordedStep step ->
                        new Observation.Known(step.recorded().found(), step.desired(""));
                    case RecordsRemoval _ -> new Observation.Known(RecordsRemoval.THERE, "");
                    default -> throw new AssertionError(each);
                }));
        return new Survey(seen, Map.of(), Map.of(), Map.of(), Map.of());
    }

    private Plan plan(boolean discarding) throws InterruptedException {
        List<Resource> resources = recorded();
        return UndoPlanner.plan(
                RunKind.RESET,
                resources,
                seen(resources),
                Map.of(),
                discarding,
                BINDING,
                Instant.EPOCH,
                _ -> "because");
    }

    private RunEvent.RunFinished takeBack(Plan plan) throws InterruptedException {
        List<Resource> resources = recorded();
        return run(plan, resources, seen(resources));
    }

    @Test
    void whatWasAppliedIsTakenBackInReverseOrderToTheFirstOriginalAndNoRecordStays() throws Exception {
        Files.writeString(file("a"), "of the owner\n");
        apply(step("a", "one\n"), step("deep/er/b", "b\n", "t/a@n1"));
        apply(step("a", "two\n"), step("deep/er/b", "b\n", "t/a@n1"));

        Plan plan = plan(false);

        assertThat(plan.steps())
                .extracting(step -> step.id() + " " + step.action())
                .containsExactly("t/deep/er/b@n1 REMOVE", "t/a@n1 REMOVE", "host/records@n1 REMOVE");
        assertThat(plan.steps().get(1).diff()).contains("-  two", "+  of the owner");
        assertThat(takeBack(plan).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(content("a")).isEqualTo("of the owner\n");
        assertThat(file("deep")).as("directories that we made go too").doesNotExist();
        assertThat(host.root.resolve("state")).doesNotExist();
        assertThat(recorded()).as("records themselves").hasSize(1);
    }

    @Test
    void aDirectoryThatWasThereStays() throws Exception {
        Files.createDirectories(file("there"));
        apply(step("there/new/a", "a\n"));
        assertThat(takeBack(plan(false)).outcome()).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(file("there")).isEmptyDirectory();
    }

    @Test
    void whatLeftTheFileIsTakenBackByTheNextApply() throws Exception {
        HostResource kept = step("kept", "k\n");
        apply(kept, step("dropped", "d\n"));
        List<Resource> wanted = List.of(kept);
        Survey survey = Survey.of(targets, wanted);
        assertThat(survey.recorded()).containsExactly(Map.entry("n1", Set.of("t/kept", "t/dropped")));
        List<RecordedStep> leaving = HostRecords.read(host).stream()
                .filter(each -> each.step().path().equals("t/dropped"))
                .map(each -> new RecordedStep(each, Set.of()))
                .toList();

        Plan plan = Planner.plan(
                wanted,
                new Planner.Leaving(List.copyOf(leaving), Map.of()),
                survey.and(Survey.of(leaving)),
                BINDING,
                Instant.EPOCH,
                _ -> "because",
                _ -> true);

        assertThat(plan.steps())
                .extracting(step -> step.id() + " " + step.action())
                .containsExactly("t/kept@n1 SAME", "t/dropped@n1 REMOVE");
        List<Resource> all = new ArrayList<>(wanted);
        all.addAll(leaving);
        assertThat(run(plan, all, survey.and(Survey.of(leaving))).outcome())
                .as("%s", events)
                .isEqualTo(RunEvent.Outcome.DONE);
        assertThat(file("dropped")).doesNotExist();
        assertThat(file("kept")).exists();
        assertThat(Survey.of(targets, wanted).recorded()).containsExactly(Map.entry("n1", Set.of("t/kept")));
    }

    @Test
    void aFileThatOthersChangedIsRefusedWithADiffUnlessTheirChangesAreDiscarded() throws Exception {
        apply(step("a", "ours\n"));
        Files.writeString(file("a"), "ours\ntheirs\n");

        Plan plan = plan(false);

        assertThat(plan.refused()).hasSize(1);
        assertThat(plan.refused().getFirst().refusal().orElseThrow().reason())
                .contains("changed by others", "+  theirs");
        Plan discarding = plan(true);
        assertThat(discarding.refused()).isEmpty();
        assertThat(discarding.steps().getFirst().loses().orElseThrow()).contains("+  theirs");
        assertThat(takeBack(discarding).outcome()).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(file("a")).doesNotExist();
    }

    @Test
    void aFileThatIsGoneAlreadyStandsInNobodysWay() throws Exception {
        Files.writeString(file("a"), "of the owner\n");
        apply(step("a", "ours\n"));
        Files.delete(file("a"));
        assertThat(takeBack(plan(false)).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(content("a")).isEqualTo("of the owner\n");
    }

    @Test
    void aChangeBetweenThePlanAndTheActionIsRefused() throws Exception {
        apply(step("a", "ours\n"));
        Plan plan = plan(false);
        Files.writeString(file("a"), "theirs\n");
        assertThat(takeBack(plan).outcome()).isEqualTo(RunEvent.Outcome.REFUSED);
        assertThat(content("a")).isEqualTo("theirs\n");
    }

    @Test
    void whetherAServiceRunsIsNoReasonToStop() throws Exception {
        Path state = file("service.state");
        Files.writeString(state, "active\n");
        HostResource plain = step("a", "ours\n");
        HostResource service =
                new Altered(
                        plain,
                        plain.probe()
                                + "if [ -e %s ]; then echo \"service x $(cat %s)\"; fi\n".formatted(file("a"), state),
                        plain.undo()) {
                    @Override
                    public String desired(String observed) {
                        return super.desired(observed) + "service x active\n";
                    }
                };
        apply(service);
        Plan plan = plan(false);
        List<Resource> resources = recorded();
        Survey survey = seen(resources);
        Files.writeString(state, "active outdated\n");
        assertThat(run(plan, resources, survey).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(file("a")).doesNotExist();
    }

    @Test
    void anApplicationThatBrokeOffIsTakenBackToo() throws Exception {
        HostResource half = new Named(
                TextFile.of("t/half@n1", file("half"), "whole\n")
                        .applying(_ -> "echo part | kw_put " + file("half") + " 0644\nexit 1\n"),
                file("half"));
        List<Resource> all = List.of(half);
        run(
                Planner.plan(all, Survey.of(targets, all), BINDING, Instant.EPOCH, _ -> "because", _ -> true),
                all,
                Survey.of(targets, all));
        assertThat(content("half")).isEqualTo("part\n");

        assertThat(takeBack(plan(false)).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(file("half")).doesNotExist();
    }

    @Test
    void aTakingBackThatBrokeOffGoesOn() throws Exception {
        Files.writeString(file("a"), "of the owner\n");
        apply(step("a", "ours\n"), step("b", "b\n", "t/a@n1"));
        Plan plan = plan(false);
        // As after a kill behind the undo and before its record was dropped.
        HostRecords.Recorded last = HostRecords.read(host).getLast();
        host.run(HostScript.reading(last.undo()).text(), java.time.Duration.ofSeconds(20), _ -> {});
        assertThat(file("b")).doesNotExist();

        assertThat(takeBack(plan).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(content("a")).isEqualTo("of the owner\n");
    }

    @Test
    void anUndoWithoutEffectIsAFailureAndItsRecordStays() throws Exception {
        HostResource stubborn = withUndo(step("a", "ours\n"), "echo tried\n");
        apply(stubborn);
        assertThat(takeBack(plan(false)).outcome()).isEqualTo(RunEvent.Outcome.FAILED);
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                RunEvent.StepFailed.class,
                                failed -> assertThat(failed.log()).contains("it is as before", "tried")));
        assertThat(HostRecords.read(host)).hasSize(1);
    }

    @Test
    void whatIsMountedBelowIsUnmountedAndNeverEmptied() throws Exception {
        if (!"root".equals(System.getProperty("user.name"))) {
            assertThat(System.getenv("CI")).as("mounts need root").isNotEqualTo("true");
            abort("mounts need root");
        }
        Path precious = Files.createDirectories(file("precious"));
        Files.writeString(precious.resolve("data"), "of the owner\n");
        Path data = file("data");
        HostResource service = new Named(
                TextFile.of("t/service@n1", file("service"), "x\n")
                        .applying(_ -> "kw_claim %1$s\nmkdir -p %1$s/inner\nmount --bind %2$s %1$s/inner\n"
                                        .formatted(data, precious)
                                + "echo x | kw_put " + file("service") + " 0644\n"),
                file("service"));
        HostResource undone = withUndo(service, "kw_restore " + data + "\nkw_restore " + file("service") + "\n");
        apply(undone);
        assertThat(data.resolve("inner/data")).exists();

        assertThat(takeBack(plan(false)).outcome()).as("%s", events).isEqualTo(RunEvent.Outcome.DONE);
        assertThat(data).doesNotExist();
        assertThat(precious.resolve("data")).hasContent("of the owner");
    }

    private static HostResource withUndo(HostResource plain, String undo) {
        return new Altered(plain, plain.probe(), undo);
    }

    /** A resource with another probe and undo. */
    private static class Altered implements HostResource {
        private final HostResource plain;
        private final String probe;
        private final String undo;

        Altered(HostResource plain, String probe, String undo) {
            this.plain = plain;
            this.probe = probe;
            this.undo = undo;
        }

        @Override
        public StepId id() {
            return plain.id();
        }

        @Override
        public Set<StepId> needs() {
            return plain.needs();
        }

        @Override
        public String probe() {
            return probe;
        }

        @Override
        public String desired(String observed) {
            return plain.desired(observed);
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return plain.apply(observed, outputs);
        }

        @Override
        public String undo() {
            return undo;
        }
    }
}
