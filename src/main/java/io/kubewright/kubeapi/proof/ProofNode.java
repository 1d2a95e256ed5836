package io.kubewright.kubeapi.proof;

/**
 * A host of the file that is a node of the cluster.
 *
 * @param name of the host and of the node
 * @param address the node's own, which Kubernetes uses
 */
public record ProofNode(String name, String address) {}
