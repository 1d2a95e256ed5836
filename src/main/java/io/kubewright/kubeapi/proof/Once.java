package io.kubewright.kubeapi.proof;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Something made on first use and shared after that; those who come meanwhile wait. A failure is shared like a value. */
public final class Once<T> {
    /** Makes the value. */
    @FunctionalInterface
    public interface Maker<T> {
        T make() throws InterruptedException;
    }

    private final Maker<T> maker;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<T> value = Optional.empty();
    private Optional<RuntimeException> failure = Optional.empty();

    public Once(Maker<T> maker) {
        this.maker = maker;
    }

    public T get() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (value.isEmpty()) {
                value = Optional.of(maker.make());
            }
            return value.get();
        } catch (RuntimeException e) {
            failure = Optional.of(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }
}
