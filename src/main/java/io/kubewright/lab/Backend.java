package io.kubewright.lab;

import java.util.Locale;

/** What the hosts of a lab are. All hosts of a lab are of one kind. */
public enum Backend {
    /** Containers with a systemd of their own: up in seconds, and they share this machine's kernel. */
    NSPAWN,
    /** Virtual machines with Debian's kernel: nothing is shared, nothing deviates. */
    VM;

    /** As the command line and the state have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
