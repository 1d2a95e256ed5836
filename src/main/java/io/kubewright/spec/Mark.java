package io.kubewright.spec;

/** A place in a file; both count from 1, the column in code points. */
public record Mark(int line, int column) {
    static final Mark START = new Mark(1, 1);
}
