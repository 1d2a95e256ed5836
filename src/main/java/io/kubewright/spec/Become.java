package io.kubewright.spec;

/** How the SSH user becomes root. */
public enum Become {
    NONE,
    SUDO
}
