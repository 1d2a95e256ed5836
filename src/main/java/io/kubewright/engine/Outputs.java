package io.kubewright.engine;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What steps of one run hand to later ones ({@code kw_output NAME} in a fragment). Lives in memory only. */
public final class Outputs {
    private record Key(StepId step, String name) {}

    private final Map<Key, Secret> values = new ConcurrentHashMap<>();

    public void put(StepId step, String name, Secret value) {
        values.put(new Key(step, name), value);
    }

    public Optional<Secret> get(StepId step, String name) {
        return Optional.ofNullable(values.get(new Key(step, name)));
    }
}
