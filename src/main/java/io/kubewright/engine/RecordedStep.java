package io.kubewright.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A step that was applied to a host, on its way back: all it needs is what the host recorded of it, no file and no
 * bundle. Its wanted state is the one from before the first application.
 */
public record RecordedStep(HostRecords.Recorded recorded, Set<StepId> needs) implements HostResource {
    public RecordedStep {
        needs = Set.copyOf(needs);
    }

    /** A step whose state goes with something else: only its record is dropped. */
    public static RecordedStep dropped(HostRecords.Recorded recorded, Set<StepId> needs) {
        return new RecordedStep(
                new HostRecords.Recorded(
                        recorded.step(),
                        recorded.order(),
                        Optional.of(""),
                        false,
                        Optional.of(""),
                        "",
                        Optional.empty(),
                        "",
                        "",
                        recorded.needs()),
                needs);
    }

    @Override
    public StepId id() {
        return recorded.step();
    }

    @Override
    public String probe() {
        return recorded.probe();
    }

    @Override
    public String desired(String observed) {
        return recorded.before().orElse("");
    }

    /** A text without what does not count when a step is taken back; {@code prelude.sh} leaves out the same. */
    static String guarded(String text) {
        return Arrays.stream(text.split("(?<=\n)"))
                .filter(line -> !line.startsWith("service "))
                .collect(Collectors.joining());
    }

    /** Whether it is known how the host was before. */
    boolean beforeKnown() {
        return recorded.before().isPresent();
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return recorded.undo();
    }

    /** What is taken back is not taken back again. */
    @Override
    public String undo() {
        return "";
    }

    /** Files that somebody changed since: taking the step back would lose that. */
    @Override
    public Optional<Refusal> refusal(String observed) {
        if (recorded.blind().isPresent()) {
            return Optional.of(new Refusal(
                    "its present state could not be read: "
                            + recorded.blind().get().strip(),
                    "Mend what the message names and try again."));
        }
        return othersChanges()
                .map(diff -> new Refusal(
                        "changed by others since it was applied:\n" + diff,
                        "Keep what was changed elsewhere, then apply (which puts it right) and take it back;"
                                + " --discard-changes takes it back as it is, --skip leaves it."));
    }

    /** What somebody changed since, as a diff. */
    Optional<String> othersChanges() {
        return recorded.interrupted()
                ? Optional.empty()
                : recorded.applied()
                        .flatMap(applied ->
                                FileBlocks.changes(applied, recorded.before().orElse(""), recorded.found()));
    }
}
