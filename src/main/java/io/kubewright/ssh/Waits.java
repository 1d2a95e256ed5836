package io.kubewright.ssh;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.common.future.SshFuture;

/** Waits that end at once when the thread is interrupted; those of MINA 2.19 do not. */
final class Waits {
    private Waits() {}

    /** Returns when the future is done, well or not. */
    static <F extends SshFuture<F>> void until(F future, Deadline deadline)
            throws InterruptedException, TimeoutException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        future.addListener(ended -> done.complete(true));
        try {
            done.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
