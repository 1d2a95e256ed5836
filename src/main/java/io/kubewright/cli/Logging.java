package io.kubewright.cli;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The libraries' log messages: none by default, on standard error with {@code -v}. The log manager makes one of these
 * when the first message asks for it, so a command that logs nothing pays nothing.
 */
public final class Logging {
    private static final String VERBOSITY = "kubewright.verbosity";

    /** Called by the log manager. */
    public Logging() {
        Logger root = LogManager.getLogManager().getLogger("");
        int verbosity = Integer.getInteger(VERBOSITY, 0);
        Level level = verbosity >= 2 ? Level.FINE : verbosity == 1 ? Level.WARNING : Level.OFF;
        root.setLevel(level);
        if (verbosity > 0) {
            ConsoleHandler handler = new ConsoleHandler();
            handler.setLevel(level);
            handler.setFormatter(new OneLine());
            root.addHandler(handler);
        }
    }

    /** To be called before any library is touched. */
    static void prepare(int verbosity) {
        System.setProperty(VERBOSITY, String.valueOf(verbosity));
        System.setProperty("java.util.logging.config.class", Logging.class.getName());
    }

    private static final class OneLine extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

        @Override
        public String format(LogRecord message) {
            String thrown = cause(message.getThrown());
            return LocalTime.ofInstant(message.getInstant(), ZoneId.systemDefault())
                            .format(TIME)
                    + " " + message.getLevel().getName() + " " + message.getLoggerName() + ": "
                    + formatMessage(message) + thrown + "\n";
        }

        private static String cause(@Nullable Throwable thrown) {
            return thrown == null ? "" : " (" + thrown + ")";
        }
    }
}
