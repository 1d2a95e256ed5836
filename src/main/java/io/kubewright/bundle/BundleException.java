package io.kubewright.bundle;

import org.jspecify.annotations.Nullable;

/** A bundle cannot be read, trusted or made. The message is for people and names the place. */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that act on it. */
    public enum Code {
        /** The directory has no readable lock of a known schema. */
        NOT_A_BUNDLE,
        /** What was asked for is not in this bundle. */
        NOT_IN_BUNDLE,
        /** What was asked for is not in the catalogue. */
        NOT_IN_CATALOGUE,
        /** The catalogue contradicts itself or cannot be read. */
        CATALOGUE,
        /** A file is not what the lock says. */
        CORRUPT,
        /** A program that building needs is missing here. */
        TOOL_MISSING,
        /** A compiler, packager or download failed. */
        BUILD_FAILED,
        /** What is served is not what is pinned. */
        OTHER_CONTENT,
        /** sources.yaml is wrong, or does not name what is needed. */
        SOURCES,
        /** The file system refused. */
        STORAGE
    }

    private final Code code;
    private final String hint;

    public BundleException(Code code, String message, String hint) {
        this(code, message, hint, null);
    }

    public BundleException(Code code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    static BundleException storage(String doing, Throwable cause) {
        return new BundleException(
                Code.STORAGE,
                doing + ": " + cause,
                "Check the space and the rights of the cache directory; `--cache` names another.",
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
