package io.kubewright.cli;

import io.kubewright.engine.Journal;
import io.kubewright.report.JournalReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "journal",
        description = "What was done, by whom, when.",
        subcommands = {
            JournalCommand.ListCommand.class,
            JournalCommand.ShowCommand.class,
            JournalCommand.CheckCommand.class
        })
final class JournalCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which one: list, show or verify?");
    }

    @Command(name = "list", description = "The runs, newest first.")
    static final class ListCommand implements Callable<Integer> {
        private final Context context;

        ListCommand(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (ClusterWork work = context.open()) {
                Journal.Reading reading = work.journal();
                context.print(
                        () -> JournalReport.list(reading.entries()), () -> JournalReport.listJson(reading.entries()));
                reading.fault().ifPresent(fault -> context.terminal().err().println("kubewright: " + fault));
                return ExitCode.DONE.number();
            }
        }
    }

    @Command(name = "show", description = "What happened in a run, oldest first.")
    static final class ShowCommand implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "RUN", description = "The id of a run, or how it begins.")
        private String run = "";

        ShowCommand(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (ClusterWork work = context.open()) {
                List<Journal.Entry> entries = work.journal().entries().stream()
                        .filter(entry -> entry.run().startsWith(run))
                        .toList();
                long runs = entries.stream().map(Journal.Entry::run).distinct().count();
                if (runs != 1) {
                    throw new CommandException(
                            ExitCode.USAGE,
                            (runs == 0 ? "no run" : runs + " runs") + " of the journal begin with " + run,
                            "kubewright journal list shows the runs");
                }
                context.print(() -> JournalReport.show(entries), () -> JournalReport.showJson(entries));
                return ExitCode.DONE.number();
            }
        }
    }

    @Command(
            name = "verify",
            description = "Checks that nothing in the journal was changed, against what the hosts hold.",
            footer = "%nExit 0 when it is untouched, 2 when not.")
    static final class CheckCommand implements Callable<Integer> {
        private final Context context;

        CheckCommand(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (ClusterWork work = context.open()) {
                List<String> problems = work.journalProblems();
                int entries = work.journal().entries().size();
                context.print(
                        () -> JournalReport.check(entries, problems), () -> JournalReport.checkJson(entries, problems));
                return (problems.isEmpty() ? ExitCode.DONE : ExitCode.PENDING).number();
            }
        }
    }
}
