package io.kubewright.lab;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Runs a program in this one's place: same streams, same exit status. */
final class Passthrough {
    private Passthrough() {}

    /** The exit status; 128 and the signal's number when a signal ended it. */
    static int run(List<String> words, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
            builder.environment().putAll(environment);
            Process process = builder.start();
            return await(process);
        } catch (IOException e) {
            throw new LabException(
                    LabException.Code.FAILED,
                    "cannot run " + words.getFirst() + ": " + e.getMessage(),
                    "Install the package that holds it.",
                    e);
        }
    }

    /** An interrupt is passed on; the program then ends in its own way. */
    private static int await(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                    process.destroy();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
