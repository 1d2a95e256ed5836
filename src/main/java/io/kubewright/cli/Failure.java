package io.kubewright.cli;

import io.kubewright.bundle.BundleException;
import io.kubewright.cluster.ClusterException;
import io.kubewright.engine.PlanException;
import io.kubewright.engine.TargetException;
import io.kubewright.kube.KubeException;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.lab.LabException;
import io.kubewright.network.NetworkException;
import io.kubewright.report.ErrorReport;
import io.kubewright.spec.SpecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * How a command that ended by an exception ends for its user.
 *
 * @param message what is wrong, where, and why it matters; may have several lines
 * @param hint what to do; may be empty
 * @param problems where the fault lies in a file
 * @param internal whether it is a fault of Kubewright itself
 */
record Failure(ExitCode code, String message, String hint, List<ErrorReport.Problem> problems, boolean internal) {
    private Failure(ExitCode code, String message, String hint) {
        this(code, message, hint, List.of(), false);
    }

    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case CommandException e -> new Failure(e.code(), text(e), e.hint());
            case SpecException e -> file(e);
            case PlanException e -> new Failure(codeOf(e.code()), text(e), e.hint());
            case BundleException e -> new Failure(BundleCommand.codeOf(e.code()), text(e), e.hint());
            case LabException e -> new Failure(LabCommand.codeOf(e.code()), text(e), e.hint());
            case ClusterException e ->
                new Failure(
                        e.code() == ClusterException.Code.NO_BUNDLE ? ExitCode.FAILED : ExitCode.REFUSED,
                        text(e),
                        e.hint());
            case KubeException e -> new Failure(ExitCode.FAILED, text(e), e.hint());
            case NetworkException e -> new Failure(ExitCode.FAILED, text(e), e.hint());
            case TargetException e -> new Failure(ExitCode.FAILED, text(e), e.hint());
            case ApiException e -> new Failure(ExitCode.FAILED, text(e), e.hint());
            case InterruptedException _ -> new Failure(ExitCode.INTERRUPTED, "interrupted", "run it again to go on");
            case UncheckedIOException e -> new Failure(ExitCode.FAILED, text(e), "");
            case IOException e -> new Failure(ExitCode.FAILED, text(e), "");
            default -> causeWithin(thrown).orElseGet(() -> internal(thrown));
        };
    }

    /** A known cause inside a wrapper, such as an interrupt or a host that was lost. */
    private static Optional<Failure> causeWithin(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? Optional.empty() : Optional.of(of(cause)).filter(failure -> !failure.internal());
    }

    private static Failure internal(Throwable thrown) {
        return new Failure(
                ExitCode.FAILED,
                "a fault of Kubewright itself: " + thrown,
                "run it again with -v and report what it prints",
                List.of(),
                true);
    }

    private static Failure file(SpecException thrown) {
        List<ErrorReport.Problem> problems = thrown.problems().stream()
                .map(problem -> new ErrorReport.Problem(
                        problem.file(),
                        problem.line(),
                        problem.column(),
                        problem.code().word(),
                        problem.message(),
                        problem.hint()))
                .toList();
        String count = problems.size() == 1 ? "" : problems.size() + " problems; ";
        return new Failure(
                thrown.isRefusal() ? ExitCode.REFUSED : ExitCode.USAGE,
                "the cluster file cannot be used: " + count + "nothing was touched\n" + text(thrown),
                "",
                problems,
                false);
    }

    private static ExitCode codeOf(PlanException.Code code) {
        return switch (code) {
            case MALFORMED, SCHEMA -> ExitCode.USAGE;
            case EDITED -> ExitCode.REFUSED;
        };
    }

    /** What the message says; the file system's own messages are often no more than a name. */
    private static String text(Throwable thrown) {
        return switch (thrown) {
            case NoSuchFileException e -> e.getFile() + ": no such file or directory";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileAlreadyExistsException e -> e.getFile() + ": is there already";
            default -> thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        };
    }
}
