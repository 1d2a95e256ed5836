package io.kubewright.kubeapi;

/**
 * How a command in a pod ended.
 *
 * @param exitCode 0–255
 */
public record ExecResult(int exitCode, String stdout, String stderr) {
    public boolean succeeded() {
        return exitCode == 0;
    }
}
