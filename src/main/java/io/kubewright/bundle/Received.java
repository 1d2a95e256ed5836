package io.kubewright.bundle;

import java.util.concurrent.atomic.AtomicLong;

/** How much of one thing has come so far. Written by the threads that fetch its pieces, read by who reports. */
final class Received {
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong expected = new AtomicLong();

    /** A piece of so many bytes is to be fetched. */
    void expect(long more) {
        expected.addAndGet(more);
    }

    /** @param more less than zero when a piece begins again */
    void add(long more) {
        bytes.addAndGet(more);
    }

    long bytes() {
        return bytes.get();
    }

    long expected() {
        return expected.get();
    }
}
