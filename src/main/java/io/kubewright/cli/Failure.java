package io.kubewright.cli;

import io.kubewright.bundle.BundleException;
import io.kubewright.cluster.ClusterException;
import io.kubewright.engine.PlanException;
import io.kubewright.engine.TargetException;
import io.kubewright.kube.KubeException;
import io.kubewright.lab.LabException;
import io.kubewright.network.NetworkException;
import io.kubewright.spec.SpecException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * How a command that ended by an exception ends for its user.
 *
 * @param message what is wrong, where, and why it matters; may have several lines
 * @param hint what to do; may be empty
 * @param internal whether it is a fault of Kubewright itself
 */
record Failure(ExitCode code, String message, String hint, boolean internal) {
    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case CommandException e -> new Failure(e.code(), text(e), e.hint(), false);
            case TargetException e -> new Failure(ExitCode.FAILED, text(e), e.hint(), false);
            case BundleException e -> new Failure(BundleCommand.codeOf(e.code()), text(e), e.hint(), false);
            case LabException e -> new Failure(LabCommand.codeOf(e.code()), text(e), e.hint(), false);
            case SpecException e -> new Failure(e.isRefusal() ? ExitCode.REFUSED : ExitCode.USAGE, text(e), "", false);
            case ClusterException e ->
                new Failure(
                        e.code() == ClusterException.Code.NO_BUNDLE ? ExitCode.FAILED : ExitCode.REFUSED,
                        text(e),
                        e.hint(),
                        false);
            case KubeException e -> new Failure(ExitCode.FAILED, text(e), e.hint(), false);
            case NetworkException e -> new Failure(ExitCode.FAILED, text(e), e.hint(), false);
            case PlanException e -> new Failure(codeOf(e.code()), text(e), e.hint(), false);
            case InterruptedException _ ->
                new Failure(ExitCode.INTERRUPTED, "interrupted", "run it again to go on", false);
            case IOException e -> new Failure(ExitCode.FAILED, file(e), "", false);
            default ->
                causeWithin(thrown)
                        .orElseGet(() -> new Failure(
                                ExitCode.FAILED,
                                "a fault of Kubewright itself: " + thrown,
                                "run it again with -v and report what it prints",
                                true));
        };
    }

    /** A known cause inside a wrapper, such as an interrupt or a host that was lost. */
    private static Optional<Failure> causeWithin(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? Optional.empty() : Optional.of(of(cause)).filter(failure -> !failure.internal());
    }

    private static ExitCode codeOf(PlanException.Code code) {
        return switch (code) {
            case MALFORMED, SCHEMA -> ExitCode.USAGE;
            case EDITED -> ExitCode.REFUSED;
        };
    }

    private static String file(IOException thrown) {
        return switch (thrown) {
            case NoSuchFileException e -> e.getFile() + ": no such file or directory";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileSystemException e -> text(e);
            default -> text(thrown);
        };
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
