package io.kubewright.network;

/** The pod network cannot be made as the file or the bundle has it. The message is for people and names the place. */
public final class NetworkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that act on it. */
    public enum Code {
        /** The manifest of the bundle is not the one that our changes are made for. */
        MANIFEST,
        /** The links of the hosts cannot carry packets of the wanted size. */
        MTU,
        /** A host has no link, or several, that the file could mean. */
        MASTER,
        /** The file asks for something that this version does not do. */
        UNSUPPORTED
    }

    private final Code code;
    private final String hint;

    public NetworkException(Code code, String message, String hint) {
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
