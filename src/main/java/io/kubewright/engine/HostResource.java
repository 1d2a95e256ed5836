package io.kubewright.engine;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A resource that lives on one host and is probed and changed by POSIX sh fragments, run as root.
 *
 * <p>Fragments are pure functions of the file and the bundle, so that many of one host travel in one script. Each runs in
 * a subshell of its own with {@code set -eu} and standard input empty; the functions of {@code prelude.sh} are there.
 * Every value put into a fragment goes through {@link Shell#quote}.
 */
public non-sealed interface HostResource extends Resource {
    /** Read-only fragment that prints the canonical text of the present state. A failing probe stops the plan. */
    String probe();

    /** The canonical text that the probe prints once the resource is as wanted, given what is there now. */
    String desired(String observed);

    /**
     * The fragment that makes it so. Called just before the step's script is sent.
     *
     * @param observed what the probe printed when the plan was made
     * @param outputs what earlier steps of this run handed on, in memory only
     */
    String apply(String observed, Outputs outputs);

    /**
     * The fragment that takes it back; recorded on the host with the step, so it must not hold a secret and must not
     * need the file. Empty when leaving it is right (the explanation says why).
     */
    String undo();

    /** Files that must lie in the host's blob store ({@code $KW_BLOBS/<sha256>}) before {@link #apply} runs. */
    default Set<Blob> blobs(String observed) {
        return Set.of();
    }

    /**
     * What the change leaves on the host, as far as it can be told before: bytes by the absolute directory they come into.
     * What lies in the blob store until it is used is not counted here.
     */
    default Map<String, Long> leaves(String observed) {
        return Map.of();
    }

    /** Why this state may not be changed (another owner, data at risk); empty when it may. */
    default Optional<Refusal> refusal(String observed) {
        return Optional.empty();
    }

    /** Set when the change cannot be done in place; the text says what is lost. */
    default Optional<String> replaces(String observed) {
        return Optional.empty();
    }
}
