package io.kubewright.spec;

/** A node taint, written {@code KEY=VALUE:EFFECT} or {@code KEY:EFFECT}; the value may be empty. */
public record Taint(String key, String value, String effect) {
    @Override
    public String toString() {
        return key + (value.isEmpty() ? "" : "=" + value) + ":" + effect;
    }
}
