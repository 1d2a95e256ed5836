package io.kubewright.kubeapi;

import io.kubewright.engine.Hinted;
import org.jspecify.annotations.Nullable;

/** The API answered, but not as wanted; or a document for it is wrong. The message is for people and names the object. */
public final class ApiException extends RuntimeException implements Hinted {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that act on it. */
    public enum Code {
        /** The object, or the namespace it belongs into, is not there. */
        NOT_FOUND,
        /** The API does not know this kind: its custom resource definition is not there. */
        UNKNOWN_KIND,
        /** An object of that name is there already. */
        EXISTS,
        /** Another manager owns a field, or the object was changed in between. */
        CONFLICT,
        /** Our certificate or rights were refused. */
        FORBIDDEN,
        /** The API does not take the object as it is. */
        INVALID,
        /** The API is overloaded or not ready. */
        BUSY,
        /** What was waited for did not come in time. */
        DEADLINE,
        /** It can no longer come: a pod ended, for instance. */
        FAILED,
        /** A document cannot be read, or an edit hit nothing in it. */
        MALFORMED
    }

    private final Code code;
    private final String hint;

    public ApiException(Code code, String message, String hint) {
        this(code, message, hint, null);
    }

    public ApiException(Code code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    public Code code() {
        return code;
    }

    @Override
    public String hint() {
        return hint;
    }
}
