package io.kubewright.kubeapi.proof;

import java.util.Optional;

/**
 * A proof pod that runs.
 *
 * @param second its address of the other IP family, where pods have two
 * @param container id as the CRI knows it
 */
public record ProofPod(String node, String name, String address, Optional<String> second, String container) {
    /** TCP and UDP: repeats what it gets behind the name of its node. */
    public static final int ECHO_PORT = 7070;

    /** TCP: answers over HTTP with the name of its node. */
    public static final int HTTP_PORT = 7080;
}
