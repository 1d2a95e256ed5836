package io.kubewright.ssh;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many sessions may run at once on one connection. Learns a lower limit from a server that refuses. */
final class ChannelGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private int limit;
    private int inside;

    ChannelGate(int limit) {
        this.limit = limit;
    }

    void enter(Deadline deadline) throws InterruptedException, TimeoutException {
        lock.lockInterruptibly();
        try {
            while (inside >= limit) {
                if (left.awaitNanos(deadline.remainingNanos()) <= 0 && inside >= limit) {
                    throw new TimeoutException();
                }
            }
            inside++;
        } finally {
            lock.unlock();
        }
    }

    /** Enters if that is possible without waiting. */
    boolean tryEnter() {
        lock.lock();
        try {
            if (inside >= limit) {
                return false;
            }
            inside++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            left.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves because the server refused one more session, and never again lets in more than are inside now.
     *
     * @return how many others are inside
     */
    int refused() {
        lock.lock();
        try {
            inside--;
            limit = Math.max(1, Math.min(limit, inside));
            return inside;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when another has left, or after a moment. */
    void pause(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            left.await(millis, TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
    }
}
