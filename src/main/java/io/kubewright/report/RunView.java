package io.kubewright.report;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Shows a run as it happens: the one place that owns the screen. Events may come from any thread. To be closed before
 * anything else is printed.
 */
public final class RunView implements RunListener, AutoCloseable {
    private static final long REDRAW_MILLIS = 200;
    private static final long ALIVE_MILLIS = 30_000;
    private static final int HEIGHT = 20;

    /** How a run is shown. */
    public enum Mode {
        /** Lines that stay, for logs and files. */
        LINES,
        /** Besides these a few lines at the bottom of a terminal that tell what goes on now. */
        LIVE,
        /** JSON, one event a line. */
        JSON
    }

    private final Mode mode;
    private final PrintStream out;
    private final Style style;
    private final boolean verbose;
    private final IntSupplier columns;
    private final Clock clock;
    private final RunLines lines;
    private final RunState state = new RunState();
    private final Thread ticker;

    private boolean open = true;
    private int width;
    private int drawn;
    private long lastText;

    private RunView(Mode mode, PrintStream out, boolean colour, boolean verbose, IntSupplier columns, Clock clock) {
        this.mode = mode;
        this.out = out;
        this.style = Style.of(colour);
        this.verbose = verbose;
        this.columns = columns;
        this.clock = clock;
        this.lines = new RunLines(style, verbose && mode != Mode.LIVE);
        this.width = mode == Mode.LIVE ? columns.getAsInt() : 0;
        this.lastText = clock.millis();
        this.ticker = Thread.ofPlatform().daemon().name("run-view").unstarted(this::tick);
    }

    /**
     * Opens a view.
     *
     * @param verbose the output of steps too
     * @param columns the terminal's width, asked every few seconds; only for {@link Mode#LIVE}
     */
    public static RunView open(
            Mode mode, PrintStream out, boolean colour, boolean verbose, IntSupplier columns, Clock clock) {
        RunView view = new RunView(mode, out, colour, verbose, columns, clock);
        view.ticker.start();
        return view;
    }

    @Override
    public synchronized void on(RunEvent event) {
        if (!open) {
            return;
        }
        if (mode == Mode.JSON) {
            out.print(RunEventJson.line(event, clock.instant()));
            out.flush();
            return;
        }
        state.on(event, clock.millis());
        String text = lines.of(event);
        if (!text.isEmpty()) {
            lastText = clock.millis();
            StringBuilder screen = new StringBuilder(erased());
            screen.append(mode == Mode.LIVE && event instanceof RunEvent.RunStarted ? "" : text);
            draw(screen);
        }
    }

    private void tick() {
        try {
            for (int turn = 1; ; turn++) {
                Thread.sleep(REDRAW_MILLIS);
                // Asking for the width starts a process, so not under the lock and not each time.
                int measured = mode == Mode.LIVE && turn % 15 == 0 ? columns.getAsInt() : 0;
                synchronized (this) {
                    width = measured > 0 ? measured : width;
                    beat();
                }
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void beat() {
        if (!open) {
            return;
        }
        if (mode == Mode.LIVE) {
            draw(new StringBuilder(erased()));
        } else if (mode == Mode.LINES && clock.millis() - lastText >= ALIVE_MILLIS) {
            lastText = clock.millis();
            state.lines(clock.millis(), 160, HEIGHT, style, false).forEach(out::println);
            out.flush();
        }
    }

    /** What takes the moving lines off the screen and leaves the cursor where they began. */
    private String erased() {
        String erase = drawn == 0 ? "" : "\u001b[" + drawn + "A\r\u001b[J";
        drawn = 0;
        return erase;
    }

    private void draw(StringBuilder screen) {
        List<String> moving = mode == Mode.LIVE
                // The last column stays free: some terminals wrap when it is written.
                ? state.lines(clock.millis(), Math.max(20, width - 1), HEIGHT, style, verbose)
                : new ArrayList<>();
        moving.forEach(line -> screen.append(line).append('\n'));
        drawn = moving.size();
        out.print(screen);
        out.flush();
    }

    @Override
    public synchronized void close() {
        open = false;
        ticker.interrupt();
        out.print(erased());
        out.flush();
    }
}
