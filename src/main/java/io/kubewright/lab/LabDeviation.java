package io.kubewright.lab;

/**
 * Something a host of this lab cannot do as a production host does.
 *
 * @param name stable word: {@code cgroup-v1}, {@code no-sys-resource}, {@code no-modules} or {@code shared-kernel}
 * @param why what was found here
 */
public record LabDeviation(String name, String why) {}
