package io.kubewright.cli;

import io.kubewright.engine.Drift;
import io.kubewright.report.DriftReport;
import io.kubewright.report.RunView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "drift",
        description = "Shows what no longer is as it was last applied; changes nothing.",
        footer = "%nExit 0 when nothing drifted, 2 when something did.")
final class DriftCommand implements Callable<Integer> {
    private final Context context;

    DriftCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Drift drift;
        try (ClusterWork work = context.open();
                RunView view = context.view(false)) {
            drift = work.drift(context.options().selection(), view);
        }
        context.print(() -> DriftReport.text(drift, context.colour()), () -> DriftReport.json(drift));
        return (drift.none() ? ExitCode.DONE : ExitCode.PENDING).number();
    }
}
