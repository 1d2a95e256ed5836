package io.kubewright.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What was applied to a host, as the host itself records it beside each step; needs no file. */
public final class HostRecords {
    private static final Duration DEADLINE = Duration.ofMinutes(18);

    /**
     * Runs each recorded probe. A step counts from the moment it may have changed something. How the host was before is
     * of use only while the probe says it in the same words.
     */
    private static final String READ = """
            kw_recorded() { . "$kw_dir/probe.sh"; }
            for kw_dir in "$KW_STATE"/steps/*/; do
                kw_dir=${kw_dir%/}
                if [ -e "$kw_dir/begun" ]; then
                    kw_ended=begun
                elif [ -e "$kw_dir/desired" ]; then
                    kw_ended=applied
                else
                    continue
                fi
                [ -e "$kw_dir/desired" ] || kw_ended=first
                if [ "$(sha256sum <"$kw_dir/probe.sh" | cut -d' ' -f1)" = "$(cat "$kw_dir/before.probe" 2>/dev/null)" ]; then
                    kw_words=same
                else
                    kw_words=other
                fi
                kw_look kw_recorded
                kw_frame recorded "$(basename "$kw_dir" | sed 's,=,/,g')@here" "$kw_ended" "$kw_words" "$kw_status" \\
                    "$(cat "$kw_dir/order" 2>/dev/null || :)." "$(kw_encode "$kw_dir/desired")" "$(kw_encode "$kw_dir/before")" \\
                    "$(kw_encode "$KW_TMP/seen")" "$(kw_encode "$KW_TMP/seen.err")" "$(kw_encode "$kw_dir/probe.sh")" \\
                    "$(kw_encode "$kw_dir/undo.sh")" "$(kw_encode "$kw_dir/needs")"
            done
            """;

    private HostRecords() {}

    /**
     * One recorded step.
     *
     * @param order grows from one step of a host that is first applied to the next
     * @param applied canonical text that was confirmed when it was last applied; empty when that never ended
     * @param interrupted whether its last application did not come to its end
     * @param before canonical text from before its first application; empty when its words cannot be compared any more
     * @param found canonical text now
     * @param blind why it cannot be looked at now
     * @param probe fragment that prints the text
     * @param undo fragment that takes it back
     */
    public record Recorded(
            StepId step,
            long order,
            Optional<String> applied,
            boolean interrupted,
            Optional<String> before,
            String found,
            Optional<String> blind,
            String probe,
            String undo,
            Set<StepId> needs) {
        public Recorded {
            needs = Set.copyOf(needs);
        }
    }

    /** All recorded steps of a host with their present states, in the order of their first application; reading only. */
    public static List<Recorded> read(Target target) throws InterruptedException {
        return read(target, _ -> {});
    }

    /**
     * The same.
     *
     * @param waiting gets a line when that takes longer, because a script still acts there
     */
    public static List<Recorded> read(Target target, Consumer<String> waiting) throws InterruptedException {
        HostScript script = HostScript.reading(READ);
        List<Recorded> recorded = Collections.synchronizedList(new ArrayList<>());
        boolean[] whole = new boolean[1];
        ScriptResult result = target.run(
                script.text(),
                DEADLINE,
                line -> Frame.parse(script.mark(), line).ifPresent(frame -> {
                    switch (frame.word()) {
                        case "recorded" -> recorded.add(recorded(target.name(), frame));
                        case "line" -> waiting.accept(target.name() + ": " + frame.text(1));
                        case "locked" -> throw frame.locked(target.name());
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
        return recorded.stream().sorted(Comparator.comparing(Recorded::order)).toList();
    }

    /** Nanoseconds, and a dot that keeps an empty word from being none. */
    private static long order(String word) {
        String digits = word.substring(0, word.length() - 1);
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    private static Recorded recorded(String host, Frame frame) {
        List<String> words = frame.arguments();
        String ended = words.get(1);
        boolean seen = words.get(3).equals("0");
        return new Recorded(
                new StepId(frame.step().path(), host),
                order(words.get(4)),
                ended.equals("first") ? Optional.empty() : Optional.of(frame.text(5)),
                !ended.equals("applied"),
                words.get(2).equals("same") ? Optional.of(frame.text(6)) : Optional.empty(),
                seen ? frame.text(7) : "",
                seen ? Optional.empty() : Optional.of("exit " + words.get(3) + ": " + frame.text(8)),
                frame.text(9),
                frame.text(10),
                frame.text(11)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .map(StepId::parse)
                        .collect(java.util.stream.Collectors.toUnmodifiableSet()));
    }
}
