package io.kubewright.engine;

import java.util.List;

/** The hosts of one run, by name. Connections are opened on first use and closed together. */
public interface Targets extends AutoCloseable {
    /** Names in the order of the file. */
    List<String> names();

    /**
     * The host of that name.
     *
     * @throws IllegalArgumentException for a name that is not in {@link #names}
     */
    Target get(String name);

    @Override
    void close();
}
