package io.kubewright.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/**
 * What a command works with; a command class that has a constructor with one gets it there.
 *
 * @param options filled in before a command is called
 */
record Context(Terminal terminal, CommonOptions options, ClusterWork.Opener opener) {
    private static final long POLL_MILLIS = 30;

    /** Opens the cluster of the file that the options name. */
    ClusterWork open() throws InterruptedException {
        return opener.open(options);
    }

    /** Where text for people goes: not in the way of JSON. */
    PrintStream people() {
        return options.json() ? terminal.err() : terminal.out();
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
