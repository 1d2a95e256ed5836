package io.kubewright.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns the first Ctrl-C (or TERM, or a terminal that goes away) into an interrupt of the thread that runs the command,
 * which then ends in order; later ones only say so. What ran before is put back on close.
 */
final class Interruption implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM", "HUP"};

    private final Thread thread;
    private final PrintStream err;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

    private Interruption(Thread thread, PrintStream err) {
        this.thread = thread;
        this.err = err;
    }

    /** From now on signals interrupt {@code thread}. */
    static Interruption of(Thread thread, PrintStream err) {
        Interruption interruption = new Interruption(thread, err);
        for (String name : SIGNALS) {
            Signal signal = new Signal(name);
            interruption.before.put(signal, Signal.handle(signal, _ -> interruption.ask()));
        }
        return interruption;
    }

    /** Whether the user asked to end. */
    boolean asked() {
        return asked.get();
    }

    private void ask() {
        if (asked.compareAndSet(false, true)) {
            err.println("kubewright: ending in order: what has begun on a host is brought to its end first");
            thread.interrupt();
        } else {
            err.println("kubewright: already ending; the next run goes on from what is recorded on the hosts");
        }
    }

    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
