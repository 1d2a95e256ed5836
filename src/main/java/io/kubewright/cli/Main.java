package io.kubewright.cli;

import io.kubewright.engine.Version;
import io.kubewright.report.ErrorReport;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line: arguments in, calls, exit code out. */
@Command(
        name = "kubewright",
        description = "Turns bare Linux hosts into production Kubernetes over SSH, and proves it.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.VersionText.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, nothing to do, all proofs hold",
            "1:a step failed or a host could not be reached",
            "2:pending or negative: plan has changes, drift found, a proof or check failed",
            "3:refused: stale plan, lock held, declined, would break quorum, untested combination",
            "64:bad usage or bad file",
            "130:interrupted, in order"
        })
public final class Main implements Callable<Integer> {
    private static final List<String> VERSION_OPTIONS = List.of("--version", "-V");

    /** In the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = commands();

    @Mixin
    private final CommonOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    private Main(CommonOptions options) {
        this.options = options;
    }

    /** The process. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        int code;
        try (Interruption interruption = Interruption.of(Thread.currentThread(), terminal.err())) {
            code = execute(terminal, new Clusters(), arguments);
            if (interruption.asked() && code == ExitCode.FAILED.number()) {
                code = ExitCode.INTERRUPTED.number();
            }
        }
        terminal.out().flush();
        terminal.err().flush();
        System.exit(code);
    }

    static int execute(Terminal terminal, ClusterWork.Source source, String... arguments) {
        if (arguments.length == 1 && VERSION_OPTIONS.contains(arguments[0])) {
            // What scripts ask first and often: an answer without a command line to set up.
            terminal.out().println(VersionText.line());
            return ExitCode.DONE.number();
        }
        return commandLine(terminal, source, wanted(arguments)).execute(arguments);
    }

    /** The commands that these arguments can mean: reading the options of one costs milliseconds, of all of them half a start. */
    private static Collection<Class<?>> wanted(String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        Class<?> named = COMMANDS.get(first);
        if (named != null) {
            return List.of(named);
        }
        return VERSION_OPTIONS.contains(first) ? List.of() : COMMANDS.values();
    }

    /** With all commands. */
    static CommandLine commandLine(Terminal terminal, ClusterWork.Source source) {
        return commandLine(terminal, source, COMMANDS.values());
    }

    private static CommandLine commandLine(
            Terminal terminal, ClusterWork.Source source, Collection<Class<?>> commands) {
        CommonOptions options = new CommonOptions();
        Context context = new Context(terminal, options, source);
        CommandLine line = new CommandLine(new Main(options), new ContextFactory(context));
        commands.forEach(line::addSubcommand);
        line.setOut(new PrintWriter(terminal.out(), true));
        line.setErr(new PrintWriter(terminal.err(), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Main::usage);
        line.setExecutionExceptionHandler((thrown, _, _) -> failed(context, thrown));
        line.setExecutionStrategy(parsed -> {
            Logging.prepare(options.verbosity());
            return new CommandLine.RunLast().execute(parsed);
        });
        return line;
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("init", InitCommand.class);
        commands.put("preflight", PreflightCommand.class);
        commands.put("plan", PlanCommand.class);
        commands.put("apply", ApplyCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("drift", DriftCommand.class);
        commands.put("undo", UndoCommand.class);
        commands.put("reset", ResetCommand.class);
        commands.put("explain", ExplainCommand.class);
        commands.put("journal", JournalCommand.class);
        commands.put("lab", LabCommand.class);
        commands.put("bundle", BundleCommand.class);
        return Collections.unmodifiableMap(commands);
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which command? For example: kubewright lab up");
    }

    private static int usage(ParameterException thrown, String[] arguments) {
        CommandLine line = thrown.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("kubewright: " + thrown.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(thrown, err);
        err.println("  See: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    private static int failed(Context context, Exception thrown) {
        Failure failure = Failure.of(thrown);
        int code = failure.code().number();
        context.terminal().err().print(ErrorReport.text(failure.message(), failure.hint()));
        if (context.options().json()) {
            context.terminal()
                    .out()
                    .print(ErrorReport.json(code, failure.message(), failure.hint(), failure.problems()));
        }
        if (context.options().verbosity() > 1
                || failure.internal() && context.options().verbosity() > 0) {
            thrown.printStackTrace(context.terminal().err());
        }
        return code;
    }

    /** Gives commands of this package their context. */
    private record ContextFactory(Context context) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            Optional<Constructor<?>> constructor = Arrays.stream(type.getDeclaredConstructors())
                    .filter(each -> Arrays.equals(each.getParameterTypes(), new Class<?>[] {Context.class}))
                    .findFirst();
            return constructor.isPresent()
                    ? type.cast(constructor.get().newInstance(context))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** Prints the version. */
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }

        static String line() {
            return "kubewright " + Version.current();
        }
    }
}
