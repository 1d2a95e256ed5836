package io.kubewright.engine;

import java.util.Optional;

/**
 * What a proof found at one place.
 *
 * @param target a host, an ordered pair {@code n1>n2}, or {@code cluster}
 * @param ok whether the claim holds there
 * @param claim what was promised there; the proof's own claim when absent
 * @param evidence what was seen, naming node and component when it is not ok
 * @param millis how long it took
 */
public record Finding(String target, boolean ok, Optional<String> claim, String evidence, long millis) {
    public static Finding ok(String target, String evidence, long millis) {
        return new Finding(target, true, Optional.empty(), evidence, millis);
    }

    public static Finding failed(String target, String evidence, long millis) {
        return new Finding(target, false, Optional.empty(), evidence, millis);
    }
}
