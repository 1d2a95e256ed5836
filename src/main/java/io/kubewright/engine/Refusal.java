package io.kubewright.engine;

/**
 * A change that is not made, because guessing would be worse.
 *
 * @param reason what was found and why it matters
 * @param hint what the user can do about it
 */
public record Refusal(String reason, String hint) {}
