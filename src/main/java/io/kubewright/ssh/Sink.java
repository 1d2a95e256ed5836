package io.kubewright.ssh;

import java.io.IOException;
import java.io.OutputStream;

/** Writes what a command shall read on its standard input. */
@FunctionalInterface
interface Sink {
    void write(OutputStream input) throws IOException;
}
