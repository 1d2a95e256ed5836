package io.kubewright.cli;

import io.kubewright.engine.PathPattern;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.report.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "undo",
        description =
                "Takes back the named steps in reverse order; without PATH every step applied on the file's hosts.",
        footer = "%nThe first original of a file is put back; a file changed since by others is refused with a diff.")
final class UndoCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            arity = "0..*",
            paramLabel = "PATH",
            converter = CommonOptions.PathPatternConverter.class,
            description = "Steps to take back; each with everything under it.")
    private List<PathPattern> paths = new ArrayList<>();

    @Option(names = "--host", paramLabel = "HOST", description = "Only on this host.")
    private @Nullable String host;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PLAN",
            description = "Saves the plan and does nothing, for: kubewright apply PLAN")
    private @Nullable Path output;

    UndoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PathSelection common = context.options().selection();
        List<PathPattern> only = new ArrayList<>(common.only());
        only.addAll(paths);
        PathSelection selection = new PathSelection(only, common.skip());
        try (ClusterWork work = context.open()) {
            Plan plan;
            try (RunView view = context.view(false)) {
                plan = work.undoPlan(selection, Optional.ofNullable(host), view);
            }
            if (output != null) {
                PlanFile.save(plan, Optional.of(output), context);
                return ExitCode.DONE.number();
            }
            return PlanRun.of(plan, "Take back", work, context).number();
        }
    }
}
