package io.kubewright.lab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts programs that outlive this one: in a session of their own, without its streams. */
final class Background {
    private Background() {}

    static void start(List<String> words, Path log) {
        List<String> all = new ArrayList<>(List.of("setsid"));
        all.addAll(words);
        try {
            ProcessBuilder builder = new ProcessBuilder(all)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .directory(new File("/"));
            builder.environment().keySet().retainAll(List.of("PATH"));
            builder.start();
        } catch (IOException e) {
            throw LabException.storage("cannot start " + words.getFirst(), e);
        }
    }
}
