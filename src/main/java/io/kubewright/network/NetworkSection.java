package io.kubewright.network;

import java.util.List;
import java.util.Optional;

/** The pod network and further networks of pods. */
public record NetworkSection(Calico calico, List<Attachment> attachments) {
    /** How Calico carries packets between nodes. */
    public enum Encapsulation {
        VXLAN
    }

    /**
     * The pod network.
     *
     * @param mtu bytes; empty means from the real link
     */
    public record Calico(Encapsulation encapsulation, Optional<Integer> mtu) {}
}
