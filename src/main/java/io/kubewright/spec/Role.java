package io.kubewright.spec;

/** What a host is for; a host may have both roles. */
public enum Role {
    CONTROL_PLANE,
    WORKER
}
