package io.kubewright.cli;

import io.kubewright.engine.Plan;
import io.kubewright.engine.PlanJson;
import io.kubewright.report.PlanReport;
import io.kubewright.report.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "plan",
        description = "Shows what would change, with diffs; changes nothing.",
        footer = "%nExit 0 when nothing would change, 2 when something would, 3 when a step may not be done.")
final class PlanCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PLAN",
            description = "Saves the plan, for: kubewright apply PLAN")
    private @Nullable Path output;

    PlanCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Plan plan;
        try (ClusterWork work = context.open();
                RunView view = context.view(false)) {
            plan = work.plan(context.options().selection(), view);
        }
        context.print(
                () -> PlanReport.text(plan, context.colour(), context.options().verbosity() > 0),
                () -> PlanJson.write(plan));
        PlanFile.save(plan, Optional.ofNullable(output), context);
        return ExitCode.of(plan).number();
    }
}
