package io.kubewright.cli;

import io.kubewright.lab.Lab;
import io.kubewright.lab.LabException;
import io.kubewright.lab.LabProgress;
import io.kubewright.lab.LabStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code kubewright lab …}: hosts inside this machine. */
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
public final class LabCommand {
    /** What every word of the lab has in common: its trouble becomes a message and an exit status. */
    abstract static class Word implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        abstract int act();

        @Override
        public final Integer call() {
            try {
                return act();
            } catch (LabException e) {
                err().println("kubewright: " + e.getMessage());
                err().println("  " + e.hint());
                err().flush();
                return exitCode(e);
            }
        }

        final PrintWriter out() {
            return spec.commandLine().getOut();
        }

        final PrintWriter err() {
            return spec.commandLine().getErr();
        }

        /** Progress as plain lines on standard error. */
        final LabProgress lines() {
            return new LabProgress() {
                @Override
                public synchronized void started(String phase) {}

                @Override
                public synchronized void line(String phase, String text) {
                    err().println(phase + ": " + text);
                    err().flush();
                }

                @Override
                public synchronized void done(String phase, long millis) {
                    if (millis >= 100) {
                        line(phase, "%.1f s".formatted(millis / 1000.0));
                    }
                }
            };
        }
    }

    static int exitCode(LabException e) {
        return switch (e.code()) {
            case UNFIT -> 64;
            case REFUSED -> 3;
            case FAILED -> 1;
        };
    }

    @Command(name = "down", description = "Take the lab away with all that belongs to it, whole or half made.")
    static final class Down extends Word {
        @Override
        int act() {
            boolean something = Lab.ofThisMachine().down(lines());
            err().println(something ? "The lab is gone." : "There is no lab on this machine.");
            return 0;
        }
    }

    @Command(name = "status", description = "What stands of the lab.")
    static final class Status extends Word {
        @Option(names = "--json", description = "One JSON document on standard output.")
        boolean json;

        @Override
        int act() {
            LabStatus status = Lab.ofThisMachine().status();
            if (json) {
                out().println(JsonMapper.builder().build().writeValueAsString(status));
            } else {
                print(status);
            }
            out().flush();
            return 0;
        }

        private void print(LabStatus status) {
            if (status.phase().equals("none")) {
                out().println("There is no lab on this machine.");
                return;
            }
            out().println(
                            status.standing()
                                    ? "The lab stands in " + status.network() + "."
                                    : "The lab is half made (" + status.phase()
                                            + "): `kubewright lab up` begins anew, `kubewright lab down` clears it.");
            status.hosts()
                    .forEach(host -> out().printf(
                                    "  %-12s %-15s %s%n",
                                    host.name(),
                                    host.address(),
                                    host.power().equals("off") ? "off" : host.login() ? "on" : "on, no login yet"));
            status.deviations()
                    .forEach(deviation ->
                            out().println("  differs: " + deviation.name() + " (" + deviation.why() + ")"));
        }
    }

    @Command(name = "ssh", description = "Run a command on a host as root, or a shell without one.")
    static final class Ssh extends Word {
        @Parameters(index = "0", paramLabel = "HOST")
        @SuppressWarnings("NullAway.Init")
        String host;

        @Parameters(
                index = "1..*",
                paramLabel = "CMD",
                description = "After --; joined by spaces for the remote shell.")
        List<String> words = List.of();

        @Override
        int act() {
            return Lab.ofThisMachine().ssh(host, words);
        }
    }

    @Command(name = "kubectl", description = "Run the cluster's kubectl.")
    static final class Kubectl extends Word {
        @Parameters(paramLabel = "ARGS", description = "After --.")
        List<String> words = List.of();

        @Override
        int act() {
            return Lab.ofThisMachine().kubectl(words);
        }
    }

    /** A word about one host. */
    abstract static class HostWord extends Word {
        @Parameters(index = "0", paramLabel = "HOST")
        @SuppressWarnings("NullAway.Init")
        String host;
    }

    @Command(name = "reboot", description = "Reboot a host in order; returns when one can log in again.")
    static final class Reboot extends HostWord {
        @Override
        int act() {
            Lab.ofThisMachine().reboot(host);
            return 0;
        }
    }

    @Command(name = "cut", description = "Power loss: kill every process of a host at once and its link with them.")
    static final class Cut extends HostWord {
        @Override
        int act() {
            Lab.ofThisMachine().cut(host);
            return 0;
        }
    }

    @Command(name = "start", description = "Power a host on; returns when one can log in.")
    static final class Start extends HostWord {
        @Override
        int act() {
            if (!Lab.ofThisMachine().start(host)) {
                err().println("Host " + host + " is on already.");
            }
            return 0;
        }
    }
}
