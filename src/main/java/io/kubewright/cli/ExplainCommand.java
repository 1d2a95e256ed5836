package io.kubewright.cli;

import io.kubewright.engine.Explanation;
import io.kubewright.report.ExplanationReport;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = "Tells why a step or proof exists, its source, what breaks without it, how it is undone.")
final class ExplainCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PATH",
            description = "Such as host/sysctl or host/sysctl@n1; without it all paths are listed.")
    private @Nullable String path;

    ExplainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (path == null) {
            List<Explanation> all = context.source().explanations();
            context.print(() -> ExplanationReport.list(all, context.colour()), () -> ExplanationReport.json(all));
            return ExitCode.DONE.number();
        }
        String wanted = path.contains("@") ? path.substring(0, path.indexOf('@')) : path;
        Explanation found = context.source().explanation(wanted).orElseThrow(() -> unknown(wanted));
        context.print(
                () -> ExplanationReport.text(wanted, found, context.colour()),
                () -> ExplanationReport.json(List.of(found)));
        return ExitCode.DONE.number();
    }

    private static CommandException unknown(String path) {
        return new CommandException(
                ExitCode.USAGE,
                "no step or proof is named " + path,
                "kubewright explain, without a path, lists all of them");
    }
}
