package io.kubewright.cli;

import io.kubewright.engine.Verification;
import io.kubewright.report.RunView;
import io.kubewright.report.VerificationReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "preflight",
        description =
                "Tries out whether the hosts can carry the cluster: ports, disks, names, clocks; changes nothing.",
        footer = "%nExit 0 when all checks hold, 2 when one does not or could not be carried out.")
final class PreflightCommand implements Callable<Integer> {
    private final Context context;

    PreflightCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Verification found;
        try (ClusterWork work = context.open();
                RunView view = context.view(false)) {
            found = work.preflight(context.options().selection(), view);
        }
        context.print(
                () -> VerificationReport.text(
                        "checks", found, context.colour(), context.options().verbosity() > 0),
                () -> VerificationReport.json("preflight", "checks", found));
        return (found.ok() ? ExitCode.DONE : ExitCode.PENDING).number();
    }
}
