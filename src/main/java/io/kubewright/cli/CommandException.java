package io.kubewright.cli;

/** A command ends without having done what it was asked for. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String hint;

    /**
     * Makes one.
     *
     * @param message what is wrong, where, and why it matters
     * @param hint what to do
     */
    CommandException(ExitCode code, String message, String hint) {
        super(message);
        this.code = code;
        this.hint = hint;
    }

    ExitCode code() {
        return code;
    }

    String hint() {
        return hint;
    }
}
