package io.kubewright.engine;

import java.util.List;

/** What all proofs of a run found. */
public record Verification(List<Entry> entries) {
    public Verification {
        entries = List.copyOf(entries);
    }

    /**
     * One finding with the proof it belongs to.
     *
     * @param claim as a sentence, of the finding or else of the proof
     * @param millis how long it took
     */
    public record Entry(String path, String target, boolean ok, String claim, String evidence, long millis) {
        public static Entry of(Proof proof, Finding finding) {
            return new Entry(
                    proof.path(),
                    finding.target(),
                    finding.ok(),
                    finding.claim().orElseGet(proof::claim),
                    finding.evidence(),
                    finding.millis());
        }
    }

    /** Whether every claim holds; also when there is none. */
    public boolean ok() {
        return entries.stream().allMatch(Entry::ok);
    }
}
