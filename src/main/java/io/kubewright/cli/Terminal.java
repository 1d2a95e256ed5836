package io.kubewright.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a command reads and writes.
 *
 * @param columns the width of the terminal, asked again whenever it matters
 */
record Terminal(
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean colour,
        IntSupplier columns) {
    private static final int DEFAULT_COLUMNS = 80;
    private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");

    /** That of this process. */
    static Terminal ofProcess() {
        Map<String, String> environment = System.getenv();
        boolean out = isTerminal(1);
        boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean colour =
                out && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                System.in,
                System.out,
                System.err,
                isTerminal(0),
                out && !dumb,
                isTerminal(2),
                colour,
                () -> columns(environment));
    }

    /** One that is none: plain text, nobody to ask. */
    static Terminal plain(PrintStream out, PrintStream err) {
        return new Terminal(InputStream.nullInputStream(), out, err, false, false, false, false, () -> DEFAULT_COLUMNS);
    }

    /** Linux shows what a descriptor is by a link; elsewhere only both ends together can be asked. */
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd", String.valueOf(descriptor));
        try {
            String device = Files.readSymbolicLink(link).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    private static int columns(Map<String, String> environment) {
        return positive(environment.get("COLUMNS"))
                .or(Terminal::columnsOfTerminal)
                .orElse(DEFAULT_COLUMNS);
    }

    private static Optional<Integer> columnsOfTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Matcher size = SIZE.matcher(new String(stty.getInputStream().readAllBytes()).strip());
            return stty.waitFor(1, TimeUnit.SECONDS) && size.matches() ? positive(size.group(2)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Integer> positive(@org.jspecify.annotations.Nullable String text) {
        return Optional.ofNullable(text)
                .filter(number -> number.matches("[1-9][0-9]{0,4}"))
                .map(Integer::valueOf);
    }
}
