package io.kubewright.kube;

/** The cluster cannot be put together as the file has it. The message is for people and names the place. */
public final class KubeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that act on it. */
    public enum Code {
        /** A host does not hold its own node address. */
        NO_LINK
    }

    private final Code code;
    private final String hint;

    public KubeException(Code code, String message, String hint) {
        super(message);
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
