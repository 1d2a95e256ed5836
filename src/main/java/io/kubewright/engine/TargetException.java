package io.kubewright.engine;

import org.jspecify.annotations.Nullable;

/** A host or the API could not be used. The message is for people and names the place. */
public final class TargetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that act on it. */
    public enum Code {
        /** Name, route, port or time-out: no conversation came about. */
        UNREACHABLE,
        /** No key, password or user was accepted. */
        AUTHENTICATION,
        /** The host's key is not the one we know, or not known at all. */
        HOST_KEY,
        /** Logged in, but root was refused. */
        PRIVILEGE,
        /** The conversation broke off. */
        LOST,
        /** It took longer than allowed. */
        DEADLINE,
        /** A script of another run still acts there. */
        LOCKED,
        /** It answered in a way we do not understand. */
        PROTOCOL
    }

    private final String target;
    private final Code code;
    private final String hint;

    public TargetException(String target, Code code, String message, String hint) {
        this(target, code, message, hint, null);
    }

    public TargetException(String target, Code code, String message, String hint, @Nullable Throwable cause) {
        super(target + ": " + message, cause);
        this.target = target;
        this.code = code;
        this.hint = hint;
    }

    /** Any failure seen while talking to a host, as one of ours. */
    public static TargetException of(String target, RuntimeException cause) {
        return cause instanceof TargetException known
                ? known
                : new TargetException(
                        target,
                        Code.PROTOCOL,
                        "unexpected failure: " + cause,
                        "This is a defect of Kubewright; -v shows where.",
                        cause);
    }

    @Override
    public String getMessage() {
        return java.util.Objects.requireNonNull(super.getMessage());
    }

    public String target() {
        return target;
    }

    public Code code() {
        return code;
    }

    /** What the user can do. */
    public String hint() {
        return hint;
    }
}
