package io.kubewright.cli;

import io.kubewright.engine.Plan;
import io.kubewright.engine.RunEvent;
import io.kubewright.report.PlanReport;
import io.kubewright.report.RunView;

/** Shows a plan, asks, and does it. */
final class PlanRun {
    private PlanRun() {}

    /** What the user is asked to agree to. */
    private static String verb(Plan plan) {
        return switch (plan.kind()) {
            case UNDO -> "Take back";
            case RESET -> "Take back, with all data on these hosts,";
            case APPLY, VERIFY, PREFLIGHT, LAB -> "Apply";
        };
    }

    /** Does the plan. */
    static ExitCode of(Plan plan, ClusterWork work, Context context) throws InterruptedException {
        context.people()
                .print(PlanReport.text(plan, context.colour(), context.options().verbosity() > 0));
        context.people().flush();
        if (!plan.refused().isEmpty()) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "nothing was done: the plan holds " + plan.refused().size() + " refused "
                            + (plan.refused().size() == 1 ? "step" : "steps"),
                    "see the reasons above; --skip PATH leaves a step out");
        }
        if (!plan.acts()) {
            try (RunView view = context.view(true)) {
                if (context.options().json()) {
                    view.on(new RunEvent.RunFinished(RunEvent.Outcome.DONE, new RunEvent.Counts(0, 0, 0, 0), 0));
                }
            }
            return ExitCode.DONE;
        }
        long acting = plan.steps().stream().filter(step -> step.action().acts()).count();
        context.confirm(verb(plan) + " " + (acting == 1 ? "this step?" : "these " + acting + " steps?"));
        RunEvent.RunFinished finished;
        try (RunView view = context.view(true)) {
            finished = work.run(plan, view);
        }
        return code(finished.outcome());
    }

    /** How a run's end is told to the caller's shell. */
    static ExitCode code(RunEvent.Outcome outcome) {
        return switch (outcome) {
            case DONE -> ExitCode.DONE;
            case FAILED -> ExitCode.FAILED;
            case REFUSED -> ExitCode.REFUSED;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
        };
    }
}
