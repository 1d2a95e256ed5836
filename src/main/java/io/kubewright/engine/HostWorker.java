package io.kubewright.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Does the steps of one host, as many as can go in one script at a time, while another thread brings the files. */
final class HostWorker {
    private static final Duration SCRIPT = Duration.ofMinutes(40);
    private static final Duration UPLOAD = Duration.ofMinutes(30);
    private static final int LOCK_SECONDS = 600;

    private final Run run;
    private final String host;
    private final Map<StepId, HostResource> resources;
    private final Set<String> there;
    private final Map<StepId, Long> begun = new HashMap<>();

    HostWorker(Run run, String host, Map<StepId, HostResource> resources) {
        this.run = run;
        this.host = host;
        this.resources = resources;
        this.there = new HashSet<>(run.survey().blobs().getOrDefault(host, Set.of()));
    }

    /** Frees the steps that need no file which is not on the host yet. */
    void stockAtOnce() {
        for (StepId id : run.board().of(host)) {
            if (resource(id).blobs(run.observed(id)).stream().map(Blob::sha256).allMatch(there::contains)) {
                run.board().stocked(id);
            }
        }
    }

    /** Brings what the steps of this host need, in their order. */
    void stock() throws InterruptedException {
        try {
            bringAll();
        } finally {
            run.sendOrder().leave(host);
        }
    }

    private void bringAll() throws InterruptedException {
        for (StepId id : run.board().of(host)) {
            if (!run.board().goesOn(host)) {
                return;
            }
            try {
                List<Blob> missing = resource(id).blobs(run.observed(id)).stream()
                        .filter(blob -> there.add(blob.sha256()))
                        .toList();
                if (!missing.isEmpty()) {
                    run.sendOrder()
                            .enter(id, missing.stream().mapToLong(Blob::size).sum());
                }
                for (Blob blob : missing) {
                    if (!run.board().goesOn(host)) {
                        return;
                    }
                    bring(blob);
                }
                run.board().stocked(id);
            } catch (TargetException e) {
                run.emit(new RunEvent.HostUnreachable(host, e.getMessage(), e.hint()));
                run.fail(id, 1, e.getMessage(), e.hint());
                return;
            }
        }
    }

    private void bring(Blob blob) throws InterruptedException {
        String what = blob.source().getFileName().toString();
        run.targets()
                .get(host)
                .upload(
                        blob.source(),
                        blob.sha256(),
                        "/var/lib/kubewright/blobs/" + blob.sha256(),
                        UPLOAD,
                        sent -> run.emit(new RunEvent.TransferProgress(host, what, sent, blob.size())));
    }

    /** Works until nothing is left that can be done here. */
    void work() throws InterruptedException {
        while (true) {
            List<Step> batch = run.board().nextBatch(host);
            if (batch.isEmpty()) {
                return;
            }
            List<StepId> ids = batch.stream().map(Step::id).toList();
            try {
                perform(batch);
            } catch (TargetException e) {
                StepId at = ids.stream().filter(begun::containsKey).findFirst().orElse(ids.getFirst());
                run.fail(
                        at,
                        1,
                        e.getMessage(),
                        e.code() == TargetException.Code.LOST
                                ? "The host ends the step it is at and stops. " + run.again()
                                : e.hint());
            } finally {
                run.board().release(ids);
            }
        }
    }

    private void perform(List<Step> batch) throws InterruptedException {
        List<HostScript.Action> actions = new ArrayList<>();
        for (Step step : batch) {
            HostResource resource = resource(step.id());
            actions.add(action(step, resource));
        }
        HostScript script = HostScript.act(run.id(), run.plan().id(), actions, LOCK_SECONDS);
        boolean[] whole = new boolean[1];
        run.active(host, true);
        ScriptResult result;
        try {
            result = run.targets()
                    .get(host)
                    .run(
                            script.text(),
                            SCRIPT,
                            line -> Frame.parse(script.mark(), line).ifPresent(frame -> whole[0] |= take(frame)));
        } finally {
            run.active(host, false);
        }
        if (!whole[0]) {
            throw new TargetException(
                    host,
                    TargetException.Code.LOST,
                    "its script ended early (exit " + result.exitCode() + "): "
                            + result.stderr().strip(),
                    run.again());
        }
    }

    private HostScript.Action action(Step step, HostResource resource) {
        String observed = run.observed(step.id());
        String fragment = resource.apply(observed, run.outputs());
        if (step.action() == Action.ACCOMPANY) {
            return new HostScript.Action(resource, "-", "-", fragment);
        }
        if (resource instanceof RecordedStep recorded) {
            return new HostScript.Action(
                    resource,
                    Digest.sha256(RecordedStep.guarded(observed)),
                    recorded.beforeKnown() ? Digest.sha256(RecordedStep.guarded(recorded.desired(observed))) : "-",
                    fragment);
        }
        return new HostScript.Action(
                resource, step.observed().orElseThrow(), step.desired().orElse("-"), fragment);
    }

    /** Returns whether the script is at its end. */
    private boolean take(Frame frame) {
        switch (frame.word()) {
            case "begin" -> {
                begun.put(frame.step(), System.nanoTime());
                run.begin(frame.step());
            }
            case "line" -> {
                if (!frame.arguments().getFirst().equals("-")) {
                    run.emit(new RunEvent.StepLine(frame.step(), frame.text(1)));
                }
            }
            case "output" -> run.outputs().put(frame.step(), frame.arguments().get(1), Secret.of(frame.text(2)));
            case "done" -> {
                Long start = begun.remove(frame.step());
                run.done(frame.step(), start == null ? 0 : (System.nanoTime() - start) / 1_000_000);
            }
            case "skipped" -> run.skip(frame.step(), "done before");
            case "otherwise" ->
                run.emit(new RunEvent.StepLine(
                        frame.step(),
                        "taken back, but not wholly as it was before:\n"
                                + Diff.unified(
                                        resource(frame.step()).desired(run.observed(frame.step())), frame.text(1))));
            case "stale" -> {
                String diff = Diff.unified(run.observed(frame.step()), frame.text(1));
                run.refuse(
                        frame.step(),
                        "it changed since the plan was made:\n" + diff,
                        "Someone else works on this host, or it changed by itself. Plan again and look at the diff.");
            }
            case "failed" ->
                run.fail(
                        frame.step(),
                        Integer.parseInt(frame.arguments().get(2)),
                        frame.text(3),
                        hint(frame.arguments().get(1)));
            case "unconfirmed" -> {
                String seen = frame.text(1);
                if (resource(frame.step()) instanceof RecordedStep) {
                    run.fail(
                            frame.step(),
                            0,
                            "its undo ran without an error, and yet it is as before:\n" + seen + frame.text(2),
                            "See on the host what keeps it; the record of the step stays, so this can be tried again.");
                    return false;
                }
                String wanted = resource(frame.step()).desired(run.observed(frame.step()));
                run.fail(
                        frame.step(),
                        0,
                        "it ran without an error, and yet what was found is not what is wanted:\n"
                                + Diff.unified(seen, wanted) + frame.text(2),
                        "Another program may undo the change; the lines with + are missing, those with - too many.");
            }
            case "locked" -> run.lockedOut(host, frame.text(0).strip());
            case "end" -> {
                return true;
            }
            default -> {}
        }
        return frame.word().equals("locked") || frame.word().equals("stopped");
    }

    /** @param part of the step that failed */
    private String hint(String part) {
        return switch (part) {
            case "probe" -> "The look at its present state failed just before the change; nothing was changed.";
            case "record" ->
                "What takes the step back could not be written down in /var/lib/kubewright, so nothing was changed.";
            default ->
                run.plan().kind().takesBack()
                        ? "Mend the cause and give the same command again: it goes on from here."
                        : "Mend the cause and run apply again: it goes on from here.";
        };
    }

    /** Asks the script that runs there to stop after the step it is at. */
    void stop() throws InterruptedException {
        run.targets().get(host).run(HostScript.stop(run.id()), Duration.ofSeconds(20), line -> {});
    }

    private HostResource resource(StepId id) {
        return Optional.ofNullable(resources.get(id)).orElseThrow();
    }
}
