package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Finding;
import java.util.concurrent.TimeUnit;

/** Measures from when it is made, and makes findings that say how long they took. */
public final class Timer {
    private final long begin = System.nanoTime();

    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    public Finding finding(String target, Verdict verdict) {
        return verdict.at(target, millis());
    }

    /** What went wrong, as text for evidence. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
