package io.kubewright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;

/** One call of the command line, with what it printed. */
record CommandLineCase(int exit, String out, String err) {
    /** Without a terminal. */
    static CommandLineCase of(ClusterWork.Source work, String... arguments) {
        return call(work, InputStream.nullInputStream(), false, arguments);
    }

    /** On a terminal on which the user types {@code answer}. */
    static CommandLineCase typing(String answer, ClusterWork.Source work, String... arguments) {
        return call(work, new ByteArrayInputStream(answer.getBytes(UTF_8)), true, arguments);
    }

    private static CommandLineCase call(
            ClusterWork.Source work, InputStream in, boolean terminal, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal streams = new Terminal(
                in,
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                terminal,
                false,
                terminal,
                false,
                () -> 80);
        int exit = Main.execute(streams, work, arguments);
        return new CommandLineCase(exit, out.toString(UTF_8), err.toString(UTF_8));
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
