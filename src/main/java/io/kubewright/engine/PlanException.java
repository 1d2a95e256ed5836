package io.kubewright.engine;

import org.jspecify.annotations.Nullable;

/** A saved plan cannot be read or trusted. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Code {
        /** Not JSON, or not of the plan's shape. */
        MALFORMED,
        /** A schema that this version does not read. */
        SCHEMA,
        /** Its content is not what its id says: it was edited or cut. */
        EDITED
    }

    private final Code code;
    private final String hint;

    PlanException(Code code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    public Code code() {
        return code;
    }

    /** What the user can do. */
    public String hint() {
        return hint;
    }
}
