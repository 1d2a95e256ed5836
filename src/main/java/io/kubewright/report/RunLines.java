package io.kubewright.report;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.StepId;
import java.util.Locale;

/** Events as lines that stay, each with its target before it. Pure; events that say nothing to people give no text. */
final class RunLines {
    private final Style style;
    private final boolean verbose;

    RunLines(Style style, boolean verbose) {
        this.style = style;
        this.verbose = verbose;
    }

    /** Zero or more whole lines. */
    String of(RunEvent event) {
        return switch (event) {
            case RunEvent.RunStarted(var run, var _, var kind, var steps) ->
                kind.word() + " " + run + ": " + steps + " to do\n";
            case RunEvent.TransferProgress _ -> "";
            case RunEvent.StepStarted(var step, var why) ->
                verbose ? line(step, "begins" + (why.isEmpty() ? "" : ": " + Printable.line(why))) : "";
            case RunEvent.StepLine(var step, var text) -> verbose ? line(step, style.faint(Printable.line(text))) : "";
            case RunEvent.StepDone(var step, var millis) ->
                line(step, style.green("done") + " " + Durations.of(millis));
            case RunEvent.StepSkipped(var step, var reason) -> line(step, "skipped: " + Printable.line(reason));
            case RunEvent.StepFailed(var step, var code, var log, var hint) ->
                line(step, style.red("FAILED") + (code == 0 ? "" : " with code " + code))
                        + Printable.indent(log.strip(), "    | ")
                        + hint(hint);
            case RunEvent.StepRefused(var step, var reason, var hint) ->
                line(step, style.red("REFUSED") + ": " + Printable.line(reason)) + hint(hint);
            case RunEvent.HostUnreachable(var target, var reason, var hint) ->
                "[" + target + "] " + style.red("UNREACHABLE") + ": " + Printable.line(reason) + "\n" + hint(hint);
            case RunEvent.PhaseStarted(var name) -> name + " ...\n";
            case RunEvent.PhaseLine(var name, var text) -> "  " + name + ": " + Printable.line(text) + "\n";
            case RunEvent.PhaseDone(var name, var millis) ->
                name + " " + style.green("done") + " " + Durations.of(millis) + "\n";
            case RunEvent.ProofStarted(var path, var claim) ->
                verbose ? path + " begins: " + Printable.line(claim) + "\n" : "";
            case RunEvent.ProofLine(var path, var text) ->
                verbose ? path + " " + style.faint(Printable.line(text)) + "\n" : "";
            case RunEvent.ProofFound(var path, var finding) ->
                finding.ok() && !verbose
                        ? ""
                        : "[" + finding.target() + "] " + path + " "
                                + (finding.ok() ? style.green("holds") : style.red("DOES NOT HOLD"))
                                + ": " + Printable.line(finding.evidence()) + "\n";
            case RunEvent.RunFinished(var outcome, var counts, var millis) -> finished(outcome, counts, millis);
        };
    }

    private static String finished(RunEvent.Outcome outcome, RunEvent.Counts counts, long millis) {
        StringBuilder text = new StringBuilder(outcome.name().toLowerCase(Locale.ROOT));
        text.append(" after ")
                .append(Durations.of(millis))
                .append(": ")
                .append(counts.done())
                .append(" done");
        part(counts.skipped(), "skipped", text);
        part(counts.failed(), "failed", text);
        part(counts.refused(), "refused", text);
        return text.append('\n').toString();
    }

    private static void part(int count, String word, StringBuilder text) {
        if (count > 0) {
            text.append(", ").append(count).append(' ').append(word);
        }
    }

    private static String line(StepId step, String text) {
        return "[" + step.target() + "] " + step.path() + " " + text + "\n";
    }

    private static String hint(String hint) {
        return hint.isBlank() ? "" : Printable.indent(hint.strip(), "    ");
    }
}
