package io.kubewright.cli;

import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.RunKind;
import io.kubewright.report.PlanReport;
import io.kubewright.report.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code undo} and {@code reset} have in common. */
final class UndoOptions {
    @Option(names = "--host", paramLabel = "HOST", description = "Only on this host. May be repeated.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--discard-changes",
            description = "Also take back files that others changed since they were applied; their changes are lost.")
    private boolean discarding;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PLAN",
            description = "Saves the plan and does nothing, for: kubewright apply PLAN")
    private @Nullable Path output;

    /** Plans, shows, and, unless the plan is only to be saved, asks and does it. */
    ExitCode run(RunKind kind, PathSelection selection, Context context) throws IOException, InterruptedException {
        try (ClusterWork work = context.open()) {
            Plan plan;
            try (RunView view = context.view(false)) {
                plan = work.undoPlan(
                        new ClusterWork.Undo(kind, selection, new LinkedHashSet<>(hosts), discarding), view);
            }
            if (output == null) {
                return PlanRun.of(plan, work, context);
            }
            context.people()
                    .print(PlanReport.text(
                            plan, context.colour(), context.options().verbosity() > 0));
            PlanFile.save(plan, Optional.of(output), context);
            return ExitCode.of(plan);
        }
    }
}
