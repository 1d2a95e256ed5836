package io.kubewright.lab;

import org.jspecify.annotations.Nullable;

/** The lab cannot do what was asked. The message says what is wrong and where, the hint what to do. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Code {
        /** The file or the arguments do not fit a lab: exit 64. */
        UNFIT,
        /** Nothing was changed, because going on would harm or guess: exit 3. */
        REFUSED,
        /** Something was tried and did not work: exit 1. */
        FAILED
    }

    private final Code code;
    private final String hint;

    public LabException(Code code, String message, String hint) {
        this(code, message, hint, null);
    }

    public LabException(Code code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    static LabException unfit(String message, String hint) {
        return new LabException(Code.UNFIT, message, hint);
    }

    static LabException refused(String message, String hint) {
        return new LabException(Code.REFUSED, message, hint);
    }

    static LabException failed(String message, String hint) {
        return new LabException(Code.FAILED, message, hint);
    }

    static LabException storage(String doing, Throwable cause) {
        return new LabException(
                Code.FAILED,
                doing + ": " + cause,
                "Check the space and the rights there; `kubewright lab down` clears what is half made.",
                cause);
    }

    public Code code() {
        return code;
    }

    /** What the user can do. */
    public String hint() {
        return hint;
    }
}
