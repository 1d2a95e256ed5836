package io.kubewright.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One look at the cluster: what several resources ask for is asked once, by whoever comes first. It is thrown away with the
 * look, so that nothing old is believed. Calls may come from several threads.
 */
public final class Look {
    private final Map<Object, FutureTask<?>> asked = new HashMap<>();

    /**
     * The answer to a question, which is asked when nobody did so before; who asks at the same time waits for it.
     *
     * @param question equal for whoever wants the same; it determines the type of the answer
     * @throws RuntimeException what asking threw, for everybody who asks
     */
    public <T> T once(Object question, Callable<T> asking) throws InterruptedException {
        FutureTask<T> mine = new FutureTask<>(asking);
        FutureTask<?> first;
        synchronized (asked) {
            first = asked.computeIfAbsent(question, _ -> mine);
        }
        if (first == mine) {
            mine.run();
        }
        try {
            @SuppressWarnings("unchecked")
            T answer = (T) first.get();
            return answer;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException cause -> throw cause;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Whatever was asked is to be asked again. */
    void forget() {
        synchronized (asked) {
            asked.clear();
        }
    }
}
