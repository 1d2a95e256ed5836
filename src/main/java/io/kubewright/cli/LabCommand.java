package io.kubewright.cli;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabException;
import io.kubewright.lab.LabProgress;
import io.kubewright.lab.LabStatus;
import io.kubewright.report.RunView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "lab",
        description = "Real hosts inside this machine, to rehearse on.",
        subcommands = {
            LabUpCommand.class,
            LabCommand.Down.class,
            LabCommand.Status.class,
            LabCommand.Ssh.class,
            LabCommand.Kubectl.class,
            LabCommand.Reboot.class,
            LabCommand.Cut.class,
            LabCommand.Start.class
        })
final class LabCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "which one: up, down, status, ssh, kubectl, reboot, cut or start?");
    }

    static ExitCode codeOf(LabException.Code code) {
        return switch (code) {
            case UNFIT -> ExitCode.USAGE;
            case REFUSED -> ExitCode.REFUSED;
            case FAILED -> ExitCode.FAILED;
        };
    }

    /** The lab's phases as events of a run. */
    static LabProgress progress(RunListener listener) {
        return new LabProgress() {
            @Override
            public void started(String phase) {
                listener.on(new RunEvent.PhaseStarted(phase));
            }

            @Override
            public void line(String phase, String text) {
                listener.on(new RunEvent.PhaseLine(phase, text));
            }

            @Override
            public void done(String phase, long millis) {
                listener.on(new RunEvent.PhaseDone(phase, millis));
            }
        };
    }

    @Command(name = "down", description = "Takes the lab away with all that belongs to it, whole or half made.")
    static final class Down implements Callable<Integer> {
        private final Context context;

        Down(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            boolean something;
            try (RunView view = context.view(true)) {
                something = Lab.ofThisMachine().down(progress(view));
            }
            if (!context.options().json()) {
                context.people().println(something ? "The lab is gone." : "There is no lab on this machine.");
            }
            return ExitCode.DONE.number();
        }
    }

    @Command(name = "status", description = "Tells what stands of the lab.")
    static final class Status implements Callable<Integer> {
        private final Context context;

        Status(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            LabStatus status = Lab.ofThisMachine().status();
            context.print(() -> text(status), () -> JsonMapper.builder().build().writeValueAsString(status) + "\n");
            return ExitCode.DONE.number();
        }

        static String text(LabStatus status) {
            if (status.phase().equals("none")) {
                return "There is no lab on this machine.\n";
            }
            StringBuilder text = new StringBuilder(
                    status.standing()
                            ? "The lab stands in " + status.network() + ", hosts of backend " + status.backend() + ".\n"
                            : "The lab is half made (" + status.phase()
                                    + "): kubewright lab up begins anew, kubewright lab down clears it.\n");
            for (LabStatus.HostStatus host : status.hosts()) {
                String power = host.login() ? "on" : host.power().equals("on") ? "on, no login yet" : "off";
                text.append("  %-16s %-16s %s%n".formatted(host.name(), host.address(), power));
            }
            if (!status.deviations().isEmpty()) {
                text.append("Unlike production:\n");
                status.deviations()
                        .forEach(deviation -> text.append("  %-16s %s%n".formatted(deviation.name(), deviation.why())));
            }
            return text.toString();
        }
    }

    @Command(
            name = "ssh",
            description =
                    "Runs a command on a host as root, or a shell without one; streams and exit status pass through.")
    static final class Ssh implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "HOST", description = "A host of the standing lab.")
        private String host = "";

        @Parameters(
                index = "1..*",
                paramLabel = "CMD",
                description = "After --; joined by spaces for the remote shell.")
        private List<String> words = new ArrayList<>();

        @Override
        public Integer call() {
            return Lab.ofThisMachine().ssh(host, words);
        }
    }

    @Command(name = "kubectl", description = "Runs the cluster's kubectl; streams and exit status pass through.")
    static final class Kubectl implements Callable<Integer> {
        @Parameters(paramLabel = "ARGS", description = "After --.")
        private List<String> words = new ArrayList<>();

        @Override
        public Integer call() {
            return Lab.ofThisMachine().kubectl(words);
        }
    }

    @Command(name = "reboot", description = "Reboots a host in order and waits until one can log in again.")
    static final class Reboot implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "A host of the standing lab.")
        private String host = "";

        @Override
        public Integer call() {
            Lab.ofThisMachine().reboot(host);
            return ExitCode.DONE.number();
        }
    }

    @Command(name = "cut", description = "Power loss: ends every process of a host at once, and its link with them.")
    static final class Cut implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "A host of the standing lab.")
        private String host = "";

        @Override
        public Integer call() {
            Lab.ofThisMachine().cut(host);
            return ExitCode.DONE.number();
        }
    }

    @Command(name = "start", description = "Powers a host on and waits until one can log in.")
    static final class Start implements Callable<Integer> {
        private final Context context;

        @Parameters(paramLabel = "HOST", description = "A host of the standing lab.")
        private String host = "";

        Start(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (!Lab.ofThisMachine().start(host)) {
                context.terminal().err().println("Host " + host + " is on already.");
            }
            return ExitCode.DONE.number();
        }
    }
}
