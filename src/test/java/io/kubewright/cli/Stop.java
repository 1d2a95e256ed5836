package io.kubewright.cli;

/**
 * A place within a host's script where it can be held: a program that it calls there.
 *
 * @param words of the call
 * @param last words of the last line of the host's journal; empty for any
 */
record Stop(String program, String words, String last) {
    Stop(String program, String words) {
        this(program, words, "");
    }

    /** For {@code held.sh}. */
    String file() {
        return program + "\n" + words + "\n" + last + "\n";
    }
}
