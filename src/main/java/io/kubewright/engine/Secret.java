package io.kubewright.engine;

import java.util.function.Supplier;

/** A value that must not be shown: it prints as {@code ***} and is only given out by {@link #reveal}. */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** Makes the value when called, so that no name outside holds it. */
    public static Secret of(Supplier<String> value) {
        return new Secret(value.get());
    }

    /** The value itself; callers put it on a script's standard input or into a root-only file, nowhere else. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
