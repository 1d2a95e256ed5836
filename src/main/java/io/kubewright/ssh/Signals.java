package io.kubewright.ssh;

import java.util.Map;

/** Signal names as SSH sends them (RFC 4254, 6.10), with Linux' numbers. */
final class Signals {
    private static final int OFFSET = 128;
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ILL", 4),
            Map.entry("ABRT", 6),
            Map.entry("FPE", 8),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15));

    private Signals() {}

    /** As a shell reports it: 128 plus the number; 255 for a signal without a standard name. */
    static int exitCode(String name) {
        return NUMBERS.containsKey(name) ? OFFSET + NUMBERS.get(name) : 255;
    }
}
