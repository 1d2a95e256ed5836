package io.kubewright.spec;

/**
 * What the cluster is called.
 *
 * @param name a DNS label; names the kubeconfig context and the run directories
 */
public record Metadata(String name) {}
