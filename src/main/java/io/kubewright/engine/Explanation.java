package io.kubewright.engine;

/**
 * What {@code explain} tells of a step type.
 *
 * @param path a step or proof path; holds for everything under it that has no explanation of its own
 * @param why one line, also shown in plans
 * @param rationale the longer text: what the guide says, what we do and where we differ
 * @param source where the knowledge comes from
 * @param without what breaks when it is not there
 * @param undone how it is taken back
 */
public record Explanation(String path, String why, String rationale, String source, String without, String undone) {}
