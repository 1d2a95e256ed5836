package io.kubewright.lab;

/**
 * A host the lab is asked for.
 *
 * @param name also its hostname
 * @param address an IPv4 address
 */
public record LabHost(String name, String address) {}
