package io.kubewright.cli;

import io.kubewright.engine.Verification;
import io.kubewright.report.RunView;
import io.kubewright.report.VerificationReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description = "Proves by behaviour that the cluster works; proof pods are cleaned up.",
        footer = "%nExit 0 when all proofs hold, 2 when one does not or could not be carried out.")
final class VerifyCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--disruptive", description = "Adds the proofs that break things on purpose.")
    private boolean disruptive;

    VerifyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Verification verification;
        try (ClusterWork work = context.open();
                RunView view = context.view(false)) {
            verification = work.verify(context.options().selection(), disruptive, view);
        }
        context.print(
                () -> VerificationReport.text(
                        "proofs",
                        verification,
                        context.colour(),
                        context.options().verbosity() > 0),
                () -> VerificationReport.json("verify", "proofs", verification));
        return (verification.ok() ? ExitCode.DONE : ExitCode.PENDING).number();
    }
}
