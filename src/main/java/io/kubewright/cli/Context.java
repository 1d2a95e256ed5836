package io.kubewright.cli;

import io.kubewright.report.RunView;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a command works with; a command class that has a constructor with one gets it there.
 *
 * @param options filled in before a command is called
 */
record Context(Terminal terminal, CommonOptions options, ClusterWork.Source source) {
    private static final long POLL_MILLIS = 30;

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

    /** Polls, because a blocked read of the terminal cannot be interrupted. */
    private String readLine() throws InterruptedException {
        StringBuilder line = new StringBuilder();
        try {
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (terminal.in().available() == 0) {
                    Thread.sleep(POLL_MILLIS);
                    continue;
                }
                int character = terminal.in().read();
                if (character < 0 || character == '\n') {
                    return line.toString();
                }
                line.append((char) character);
            }
        } catch (IOException e) {
            return "";
        }
    }
}
