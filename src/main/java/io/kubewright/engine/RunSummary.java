package io.kubewright.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * A run as the journal has it.
 *
 * @param who user and machine that ran it, such as {@code ada@laptop}
 * @param plan id of the plan
 * @param outcome empty while it goes on, or when it was killed
 */
public record RunSummary(
        String runId,
        Instant when,
        RunKind kind,
        String who,
        String plan,
        Optional<RunEvent.Outcome> outcome,
        RunEvent.Counts counts,
        long millis) {}
