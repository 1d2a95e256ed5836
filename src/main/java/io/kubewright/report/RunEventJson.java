package io.kubewright.report;

import io.kubewright.engine.Finding;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.StepId;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Events as JSON lines, schema {@code kubewright.io/event/v1}. */
final class RunEventJson {
    private RunEventJson() {}

    /** One line with a line feed. */
    static String line(RunEvent event, Instant now) {
        ObjectNode line = Json.document("event").put("when", now.toString());
        switch (event) {
            case RunEvent.RunStarted(var run, var _, var kind, var steps) ->
                line.put("event", "run-started")
                        .put("run", run)
                        .put("kind", kind.word())
                        .put("steps", steps);
            case RunEvent.TransferProgress(var target, var what, var bytes, var total) ->
                line.put("event", "transfer")
                        .put("target", target)
                        .put("what", what)
                        .put("bytes", bytes)
                        .put("total", total);
            case RunEvent.StepStarted(var step, var why) ->
                of(line, "step-started", step).put("why", why);
            case RunEvent.StepLine(var step, var text) ->
                of(line, "step-line", step).put("text", text);
            case RunEvent.StepDone(var step, var millis) ->
                of(line, "step-done", step).put("millis", millis);
            case RunEvent.StepSkipped(var step, var reason) ->
                of(line, "step-skipped", step).put("reason", reason);
            case RunEvent.StepFailed(var step, var code, var log, var hint) ->
                of(line, "step-failed", step).put("code", code).put("log", log).put("hint", hint);
            case RunEvent.StepRefused(var step, var reason, var hint) ->
                of(line, "step-refused", step).put("reason", reason).put("hint", hint);
            case RunEvent.HostUnreachable(var target, var reason, var hint) ->
                line.put("event", "host-unreachable")
                        .put("target", target)
                        .put("reason", reason)
                        .put("hint", hint);
            case RunEvent.PhaseStarted(var name) ->
                line.put("event", "phase-started").put("name", name);
            case RunEvent.PhaseLine(var name, var text) ->
                line.put("event", "phase-line").put("name", name).put("text", text);
            case RunEvent.PhaseDone(var name, var millis) ->
                line.put("event", "phase-done").put("name", name).put("millis", millis);
            case RunEvent.ProofStarted(var path, var claim) ->
                line.put("event", "proof-started").put("path", path).put("claim", claim);
            case RunEvent.ProofLine(var path, var text) ->
                line.put("event", "proof-line").put("path", path).put("text", text);
            case RunEvent.ProofFound(var path, var finding) -> found(line, path, finding);
            case RunEvent.RunFinished(var outcome, var counts, var millis) ->
                line.put("event", "run-finished")
                        .put("outcome", outcome.name().toLowerCase(Locale.ROOT))
                        .put("done", counts.done())
                        .put("skipped", counts.skipped())
                        .put("failed", counts.failed())
                        .put("refused", counts.refused())
                        .put("millis", millis);
        }
        return Json.writeLine(line);
    }

    private static ObjectNode of(ObjectNode line, String event, StepId step) {
        return line.put("event", event).put("path", step.path()).put("target", step.target());
    }

    private static void found(ObjectNode line, String path, Finding finding) {
        line.put("event", "proof-found")
                .put("path", path)
                .put("target", finding.target())
                .put("ok", finding.ok())
                .put("evidence", finding.evidence())
                .put("millis", finding.millis());
        finding.claim().ifPresent(claim -> line.put("claim", claim));
    }
}
