package io.kubewright.engine;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Carries out proofs side by side and collects what they found, in the order of the proofs. */
public final class Verifier {
    private static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Verifier() {}

    /**
     * A proof that cannot be carried out is a finding that does not hold; nothing is thrown for it.
     *
     * @param kind {@link RunKind#VERIFY} or {@link RunKind#PREFLIGHT}
     */
    public static Verification run(RunKind kind, List<Proof> proofs, int atOnce, RunListener listener)
            throws InterruptedException {
        long start = System.nanoTime();
        Instant now = Instant.now();
        listener.on(new RunEvent.RunStarted(RUN_ID.format(now) + "-" + kind.word(), now, kind, proofs.size()));
        Semaphore places = new Semaphore(atOnce);
        Map<Integer, Callable<List<Verification.Entry>>> tasks = new LinkedHashMap<>();
        for (Proof proof : proofs) {
            tasks.put(tasks.size(), () -> {
                places.acquire();
                try {
                    return carryOut(proof, listener);
                } finally {
                    places.release();
                }
            });
        }
        List<Verification.Entry> entries = new ArrayList<>();
        Scope.all(tasks).values().forEach(outcome -> {
            switch (outcome) {
                case Scope.Outcome.Value<List<Verification.Entry>>(List<Verification.Entry> found) ->
                    entries.addAll(found);
                case Scope.Outcome.Failure<List<Verification.Entry>>(RuntimeException cause) -> throw cause;
            }
        });
        Verification verification = new Verification(entries);
        int held = (int) entries.stream().filter(Verification.Entry::ok).count();
        listener.on(new RunEvent.RunFinished(
                verification.ok() ? RunEvent.Outcome.DONE : RunEvent.Outcome.FAILED,
                new RunEvent.Counts(held, 0, entries.size() - held, 0),
                (System.nanoTime() - start) / 1_000_000));
        return verification;
    }

    private static List<Verification.Entry> carryOut(Proof proof, RunListener listener) throws InterruptedException {
        long start = System.nanoTime();
        listener.on(new RunEvent.ProofStarted(proof.path(), proof.claim()));
        List<Finding> findings;
        try {
            findings = proof.run(text -> listener.on(new RunEvent.ProofLine(proof.path(), text)));
            if (findings.isEmpty()) {
                findings = List.of(Finding.failed(StepId.CLUSTER, "the proof found nothing to look at", 0));
            }
        } catch (RuntimeException e) {
            String cause = e.getMessage() == null ? e.toString() : e.getMessage();
            findings = List.of(Finding.failed(
                    StepId.CLUSTER, "could not be carried out: " + cause, (System.nanoTime() - start) / 1_000_000));
        }
        List<Verification.Entry> entries = new ArrayList<>();
        for (Finding finding : findings) {
            listener.on(new RunEvent.ProofFound(proof.path(), finding));
            entries.add(Verification.Entry.of(proof, finding));
        }
        return entries;
    }
}
