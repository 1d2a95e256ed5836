package io.kubewright.engine;

import java.time.Instant;

/**
 * A line of a run's journal.
 *
 * @param what a stable word, such as {@code begin}, {@code done}, {@code failed}
 * @param detail for people; may be empty
 */
public record RunEntry(Instant when, String step, String what, String detail) {}
