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
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            int code = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(end);
            return code;
        } catch (IOException e) {
            throw new LabException(
                    LabException.Code.FAILED,
                    "cannot run " + words.getFirst() + ": " + e.getMessage(),
                    "Install the package that holds it.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }
}
