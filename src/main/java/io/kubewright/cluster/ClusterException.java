package io.kubewright.cluster;

/** A cluster cannot be put together from its file, its hosts and its bundle. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** A host of an overlay that does not give the lab's id. */
        FOREIGN_LAB,
        /** A host whose operating system or architecture the bundle has nothing for. */
        UNSUPPORTED_HOST,
        /** The bundle of the file does not lie on this machine. */
        NO_BUNDLE
    }

    private final Code code;
    private final String hint;

    public ClusterException(Code code, String message, String hint) {
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
