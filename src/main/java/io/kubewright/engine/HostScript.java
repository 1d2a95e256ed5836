package io.kubewright.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A script made of the prelude and many fragments. The whole text stands in one function that the last line calls, so a
 * script that arrives cut short does nothing.
 */
record HostScript(String mark, String text) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PRELUDE = resource("prelude.sh");
    private static final String FACTS = resource("facts.sh");

    /** The longest step, an init on a slow host, takes minutes. */
    private static final int QUIET_SECONDS = 900;

    /**
     * One action within a script.
     *
     * @param planned and {@code desired}: digests of texts, or {@code -}
     */
    record Action(HostResource resource, String planned, String desired, String fragment) {}

    /** A look that was composed before, under a mark of its own and without patience for a script that acts. */
    static HostScript again(String body) {
        String mark = newMark();
        return new HostScript(mark, marked(mark) + body.replace(quiet(QUIET_SECONDS), quiet(0)));
    }

    private static String quiet(int seconds) {
        return "kw_quiet " + seconds + "\n";
    }

    /** Equal for scripts that do the same. */
    String body() {
        return text.substring(marked(mark).length());
    }

    /** Tells what the host is. */
    static HostScript facts() {
        String mark = newMark();
        return new HostScript(mark, head(mark, "-", "-") + function("kw_facts", FACTS) + main("""
                kw_begin_script
                kw_observe facts@host kw_facts
                kw_frame end
                """));
    }

    /** Runs every probe and lists the blobs that are there. */
    static HostScript observe(List<HostResource> resources) {
        String mark = newMark();
        StringBuilder text = new StringBuilder(head(mark, "-", "-"));
        StringBuilder calls = new StringBuilder("kw_begin_script\n" + quiet(QUIET_SECONDS));
        text.append(function("kw_blobs", "if [ -d \"$KW_BLOBS\" ]; then ls \"$KW_BLOBS\"; fi"));
        calls.append("kw_observe blobs@host kw_blobs\n");
        text.append(
                function("kw_steps", "if [ -d \"$KW_STATE/steps\" ]; then ls \"$KW_STATE/steps\" | sed 's,=,/,g'; fi"));
        calls.append("kw_observe records@host kw_steps\n");
        int number = 0;
        for (HostResource resource : resources) {
            String name = "kw_p" + ++number;
            text.append(function(name, resource.probe()));
            calls.append("kw_observe ")
                    .append(resource.id())
                    .append(' ')
                    .append(name)
                    .append('\n');
        }
        return new HostScript(mark, text + main(calls + "kw_frame end\n"));
    }

    /**
     * Acts, step by step, under the host's lock; stops at the first step that does not come out right. A
     * {@link RecordedStep} is taken back, and its record with it.
     *
     * @param lockSeconds how long to wait for another run's script
     */
    static HostScript act(String run, String plan, List<Action> actions, int lockSeconds) {
        String mark = newMark();
        StringBuilder text = new StringBuilder(head(mark, run, plan));
        StringBuilder calls = new StringBuilder("kw_begin_script\ntrap : HUP PIPE\nkw_lock " + lockSeconds + "\n");
        int number = 0;
        for (Action action : actions) {
            String stem = "kw_a" + ++number;
            text.append(function(stem + "_probe", action.resource().probe()))
                    .append(function(stem + "_apply", action.fragment()));
            if (action.resource() instanceof RecordedStep || action.resource() instanceof RecordsRemoval) {
                calls.append(call("kw_take_back", action, stem));
                continue;
            }
            text.append(keeping(mark, stem + "_probe_text", action.resource().probe()))
                    .append(keeping(mark, stem + "_undo_text", action.resource().undo()))
                    .append(keeping(mark, stem + "_needs_text", needs(action.resource())));
            calls.append(call("kw_act", action, stem));
        }
        return new HostScript(mark, text + main(calls + "kw_frame end\n"));
    }

    private static String call(String function, Action action, String stem) {
        return function
                + " %s %s %s %s\n[ \"$KW_GOES\" = yes ] || { kw_frame end; return 0; }\n"
                        .formatted(action.resource().id(), action.planned(), action.desired(), stem);
    }

    private static String needs(HostResource resource) {
        return resource.needs().stream().sorted().map(need -> need + "\n").collect(Collectors.joining());
    }

    /** Asks the script of a run to stop before its next step. */
    static String stop(String run) {
        return ": >" + Shell.quote("/run/kubewright.stop." + run) + "\n";
    }

    /** Reads what is recorded on the host, while nobody acts there. */
    static HostScript reading(String body) {
        String mark = newMark();
        return new HostScript(
                mark,
                head(mark, "-", "-") + main("kw_begin_script\n" + quiet(QUIET_SECONDS) + body + "\nkw_frame end\n"));
    }

    private static String head(String mark, String run, String plan) {
        return marked(mark) + "KW_RUN=" + Shell.quote(run) + "\nKW_PLAN=" + Shell.quote(plan) + "\n" + PRELUDE;
    }

    private static String marked(String mark) {
        return "KW_MARK=" + mark + "\n";
    }

    private static String main(String body) {
        return "kw_main() {\n" + body + "}\nkw_main 3>&1 </dev/null\n";
    }

    private static String function(String name, String body) {
        return name + "() {\n" + (body.isBlank() ? ":\n" : body.endsWith("\n") ? body : body + "\n") + "}\n";
    }

    private static String keeping(String mark, String name, String body) {
        String end = "KW_END_" + mark;
        return name + "() {\ncat <<'" + end + "'\n" + body + (body.endsWith("\n") ? "" : "\n") + end + "\n}\n";
    }

    private static String newMark() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String resource(String name) {
        try (InputStream in = HostScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build lacks the resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
