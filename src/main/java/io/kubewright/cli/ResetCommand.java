package io.kubewright.cli;

import io.kubewright.engine.Plan;
import io.kubewright.report.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "reset", description = "Takes back everything, the cluster included.")
final class ResetCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--host", paramLabel = "HOST", description = "Only this host, which leaves the cluster.")
    private @Nullable String host;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PLAN",
            description = "Saves the plan and does nothing, for: kubewright apply PLAN")
    private @Nullable Path output;

    ResetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (ClusterWork work = context.open()) {
            Plan plan;
            try (RunView view = context.view(false)) {
                plan = work.resetPlan(context.options().selection(), Optional.ofNullable(host), view);
            }
            if (output != null) {
                PlanFile.save(plan, Optional.of(output), context);
                return ExitCode.DONE.number();
            }
            return PlanRun.of(plan, "Take back, with the cluster,", work, context)
                    .number();
        }
    }
}
