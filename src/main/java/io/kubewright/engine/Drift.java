package io.kubewright.engine;

import java.util.List;

/** What is no longer as it was last applied. */
public record Drift(List<Entry> entries) {
    public Drift {
        entries = List.copyOf(entries);
    }

    /**
     * One resource that differs.
     *
     * @param expected canonical text, or one line where only its digest is known
     * @param found canonical text; empty when it is gone
     */
    public record Entry(StepId step, String expected, String found) {}

    public boolean none() {
        return entries.isEmpty();
    }
}
