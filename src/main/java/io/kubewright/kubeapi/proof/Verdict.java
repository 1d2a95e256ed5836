package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Finding;
import java.util.List;

/**
 * Whether a claim holds somewhere, and what shows it.
 *
 * @param evidence names node and component when it does not hold
 */
public record Verdict(boolean ok, String evidence) {
    public static Verdict ok(String evidence) {
        return new Verdict(true, evidence);
    }

    public static Verdict failed(String evidence) {
        return new Verdict(false, evidence);
    }

    /** Holds when nothing is wrong; else the evidence is what is. */
    public static Verdict of(List<String> wrong, String evidence) {
        return wrong.isEmpty() ? ok(evidence) : failed(String.join("; ", wrong));
    }

    public Finding at(String target, long millis) {
        return ok ? Finding.ok(target, evidence, millis) : Finding.failed(target, evidence, millis);
    }
}
