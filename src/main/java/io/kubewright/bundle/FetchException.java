package io.kubewright.bundle;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An answer that is not what was asked for. Broken connections are plain {@link IOException}s. */
final class FetchException extends IOException {
    private static final long serialVersionUID = 1L;

    enum Kind {
        /** The server asks to come again later. */
        BUSY,
        /** Asking again would give the same answer. */
        REFUSED,
        /** The whole was received, and it is not what was pinned. */
        OTHER_CONTENT
    }

    private final Kind kind;
    private final Optional<Duration> after;

    private FetchException(Kind kind, String message, Optional<Duration> after) {
        super(message);
        this.kind = kind;
        this.after = after;
    }

    /** @param after how long the server asked to be left alone */
    static FetchException busy(String message, Optional<Duration> after) {
        return new FetchException(Kind.BUSY, message, after);
    }

    static FetchException refused(String message) {
        return new FetchException(Kind.REFUSED, message, Optional.empty());
    }

    static FetchException otherContent(String message) {
        return new FetchException(Kind.OTHER_CONTENT, message, Optional.empty());
    }

    Kind kind() {
        return kind;
    }

    Optional<Duration> after() {
        return after;
    }
}
