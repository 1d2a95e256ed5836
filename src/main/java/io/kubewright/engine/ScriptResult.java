package io.kubewright.engine;

/**
 * How a script ended.
 *
 * @param exitCode 0–255; 128 plus the signal's number when it was killed
 * @param stdout all of standard output
 * @param stderr all of standard error, cut to its last 64 KiB
 */
public record ScriptResult(int exitCode, String stdout, String stderr) {}
