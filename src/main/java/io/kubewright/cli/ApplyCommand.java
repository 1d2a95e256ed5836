package io.kubewright.cli;

import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.report.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "apply",
        description = "Does a saved plan exactly, or plans, asks, and does it; goes on with what was interrupted.",
        footer = "%nWhat changed since a plan was saved is not overwritten: the plan is refused (3).")
final class ApplyCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PLAN",
            description = "A plan saved by: kubewright plan -o PLAN")
    private @Nullable Path saved;

    ApplyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PathSelection selection = context.options().selection();
        if (saved != null && !selection.equals(PathSelection.ALL)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "a saved plan is done exactly: --only and --skip do not go with it",
                    "give them to: kubewright plan -o PLAN");
        }
        // Read before anything is opened: a file that is no plan costs no connection.
        Plan given = saved == null ? null : PlanFile.read(saved);
        try (ClusterWork work = context.open()) {
            Plan plan = given == null ? make(work, selection) : given;
            return PlanRun.of(plan, work, context).number();
        }
    }

    private Plan make(ClusterWork work, PathSelection selection) throws InterruptedException {
        try (RunView view = context.view(false)) {
            return work.plan(selection, view);
        }
    }
}
