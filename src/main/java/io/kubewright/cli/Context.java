package io.kubewright.cli;

import io.kubewright.report.RunView;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * What a command works with; a command class that has a constructor with one gets it there.
 *
 * @param options filled in before a command is called
 */
record Context(Terminal terminal, CommonOptions options, ClusterWork.Source source) {
    /** Opens the cluster of the file that the options name. */
    ClusterWork open() throws InterruptedException {
        return source.open(options);
    }

    /** Where text for people goes: not in the way of JSON. */
    PrintStream people() {
        return options.json() ? terminal.err() : terminal.out();
    }

    /** Prints a document for machines with {@code --json}, else a text for people. */
    void print(Supplier<String> text, Supplier<String> json) {
        terminal.out().print(options.json() ? json.get() : text.get());
        terminal.out().flush();
    }

    /**
     * Shows events; to be closed before anything else is printed.
     *
     * @param events whether events are what {@code --json} puts on standard output
     */
    RunView view(boolean events) {
        boolean json = options.json() && events;
        RunView.Mode mode = json ? RunView.Mode.JSON : live() ? RunView.Mode.LIVE : RunView.Mode.LINES;
        return RunView.open(
                mode,
                json ? terminal.out() : people(),
                colour(),
                options.verbosity() > 0,
                terminal.columns(),
                Clock.systemUTC());
    }

    /** Whether text for people may be coloured. */
    boolean colour() {
        return terminal.colour() && !options.json();
    }

    /** Whether people look on, so that text may move. */
    boolean live() {
        return terminal.outIsTerminal() && !options.json();
    }

    /**
     * Returns when the user agrees.
     *
     * @param question without the choice, such as {@code Apply these 3 changes?}
     * @throws CommandException when declined, or when nobody can be asked
     */
    void confirm(String question) throws InterruptedException {
        if (options.yes()) {
            return;
        }
        if (!terminal.inIsTerminal()) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "nothing was done: this needs a confirmation, and there is no terminal to ask on",
                    "run it on a terminal, or give --yes");
        }
        terminal.err().print(question + " [y/N] ");
        terminal.err().flush();
        String answer = readLine().strip().toLowerCase(Locale.ROOT);
        if (!answer.equals("y") && !answer.equals("yes")) {
            throw new CommandException(
                    ExitCode.REFUSED, "nothing was done: declined", "answer y, or give --yes, to go on");
        }
    }

    /** Reads in another thread, because a blocked read of a terminal cannot be interrupted. */
    private String readLine() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("answer").start(() -> line.complete(readLine(terminal.in())));
        try {
            return line.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Up to the end of the line or of the input. */
    private static String readLine(InputStream in) {
        StringBuilder line = new StringBuilder();
        try {
            for (int character = in.read(); character >= 0 && character != '\n'; character = in.read()) {
                line.append((char) character);
            }
        } catch (IOException e) {
            return "";
        }
        return line.toString();
    }
}
