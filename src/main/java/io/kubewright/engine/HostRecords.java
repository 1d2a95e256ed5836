package io.kubewright.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was last applied to a host, as the host itself records it beside each step; needs no file. */
public final class HostRecords {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /** Runs each recorded probe. In the order in which the steps were first applied. */
    private static final String READ = """
            kw_recorded() { . "$kw_dir/probe.sh"; }
            for kw_dir in $(for d in "$KW_STATE"/steps/*/; do
                [ -e "$d/desired" ] && echo "$(cat "$d/order") $d"
            done | sort -n | cut -d' ' -f2-); do
                kw_name=$(basename "$kw_dir" | sed 's,=,/,g')
                kw_look kw_recorded
                if [ "$kw_status" -eq 0 ]; then
                    kw_frame recorded "$kw_name@here" "$(kw_encode "$kw_dir/desired")" "$(kw_encode "$KW_TMP/seen")"
                else
                    kw_frame unreadable "$kw_name@here" "$(kw_encode "$KW_TMP/seen.err")"
                fi
            done
            """;

    private HostRecords() {}

    /**
     * One recorded step.
     *
     * @param applied canonical text that was confirmed when it was last applied
     * @param found canonical text now
     */
    public record Recorded(StepId step, String applied, String found) {}

    /** All recorded steps of a host with their present states; reading only. */
    public static List<Recorded> read(Target target) throws InterruptedException {
        HostScript script = HostScript.reading(READ);
        List<Recorded> recorded = Collections.synchronizedList(new ArrayList<>());
        boolean[] whole = new boolean[1];
        ScriptResult result = target.run(
                script.text(),
                DEADLINE,
                line -> Frame.parse(script.mark(), line).ifPresent(frame -> {
                    switch (frame.word()) {
                        case "recorded" ->
                            recorded.add(new Recorded(
                                    new StepId(frame.step().path(), target.name()), frame.text(1), frame.text(2)));
                        case "unreadable" ->
                            recorded.add(new Recorded(
                                    new StepId(frame.step().path(), target.name()),
                                    "",
                                    "its probe failed: " + frame.text(1)));
                        case "end" -> whole[0] = true;
                        default -> {}
                    }
                }));
        if (!whole[0]) {
            throw new TargetException(
                    target.name(),
                    TargetException.Code.PROTOCOL,
                    "its records could not be read (exit " + result.exitCode() + "): "
                            + result.stderr().strip(),
                    "Look at /var/lib/kubewright on the host.");
        }
        return List.copyOf(recorded);
    }
}
