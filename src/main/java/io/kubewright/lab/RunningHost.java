package io.kubewright.lab;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** One host of the lab: its processes, its power switch, its SSH. */
abstract class RunningHost {
    private final StateDirectory directory;
    private final LabNetwork network;
    private final Cgroups cgroups;
    private final LabState.Member member;
    private final Duration boot;

    /** @param boot the longest that it takes until one can log in */
    RunningHost(StateDirectory directory, LabState state, Cgroups cgroups, LabState.Member member, Duration boot) {
        this.directory = directory;
        this.network = state.network();
        this.cgroups = cgroups;
        this.member = member;
        this.boot = boot;
    }

    static RunningHost of(StateDirectory directory, LabState state, Cgroups cgroups, LabState.Member member) {
        return switch (state.backend()) {
            case NSPAWN -> new NspawnHost(directory, state, cgroups, member);
            case VM -> new VirtualHost(directory, state, cgroups, member);
        };
    }

    /** Makes what it boots from, once its own files are written; {@code lower} is the root file system of all. */
    abstract void make(Path lower);

    /** Powers the host on; returns before it has booted. */
    abstract void powerOn(Path lower, Kernel kernel);

    abstract boolean isRunning();

    /** Asks the host to reboot in order and waits for the login after it. */
    abstract void reboot();

    StateDirectory directory() {
        return directory;
    }

    LabNetwork network() {
        return network;
    }

    Cgroups cgroups() {
        return cgroups;
    }

    LabHost host() {
        return member.host();
    }

    int index() {
        return member.index();
    }

    Path own() {
        return directory.host(member.name());
    }

    private List<Path> cgroupDirectories() {
        return cgroups.named(member.name());
    }

    Set<Long> processes() {
        return Cgroups.processes(cgroupDirectories());
    }

    /** Starts a script of the lab's that is the host as long as it runs, in the host's cgroups. */
    void supervise(String script, List<String> arguments) {
        Path supervisor = own().resolve("supervisor.cgroups");
        directory.write(supervisor, lines(cgroups.create(member.name(), "supervisor")));
        List<String> words = new ArrayList<>(List.of(
                "sh",
                directory.script("join.sh").toString(),
                supervisor.toString(),
                "sh",
                directory.script(script).toString()));
        words.addAll(arguments);
        Background.start(words, own().resolve("console.log"));
    }

    static String lines(List<Path> paths) {
        return String.join("\n", paths.stream().map(Path::toString).toList()) + "\n";
    }

    /** Waits until someone can log in and become root. */
    void awaitLogin() {
        long end = System.nanoTime() + boot.toNanos();
        Command login = LabSsh.command(directory, member.host(), "admin", List.of("sudo", "-n", "true"))
                .within(Duration.ofSeconds(20));
        String last = "no answer on port 22";
        int silent = 0;
        while (System.nanoTime() < end) {
            if (greets()) {
                Command.Result result = login.result();
                if (result.code() == 0) {
                    return;
                }
                last = result.output().strip();
            }
            silent = processes().isEmpty() ? silent + 1 : 0;
            if (silent > 20) {
                last = "it ended while it booted";
                break;
            }
            pause(100);
        }
        throw LabException.failed(
                "host " + member.name() + " at " + member.address() + " did not come up: " + last + "\n"
                        + consoleTail(),
                "Its console is " + own().resolve("console.log") + ".");
    }

    private String consoleTail() {
        Path console = own().resolve("console.log");
        if (!Files.exists(console)) {
            return "";
        }
        try {
            List<String> lines = new String(Files.readAllBytes(console), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether sshd says its version there. */
    boolean greets() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(member.address(), 22), 300);
            socket.setSoTimeout(1000);
            return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII).equals("SSH-");
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until it has gone down and come up far enough. */
    void awaitShutdown(Duration longest, BooleanSupplier back) {
        long end = System.nanoTime() + longest.toNanos();
        while (!back.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw LabException.failed(
                        "host " + member.name() + " did not shut down within " + longest.toSeconds() + " s",
                        "Something in it ignores SIGTERM; `kubewright lab cut " + member.name()
                                + "` takes its power away.");
            }
            pause(50);
        }
    }

    LabException off() {
        return LabException.refused(
                "host " + member.name() + " is not running", "Start it: kubewright lab start " + member.name());
    }

    /** Takes the power away: first the link, so that no last packet leaves, then every process at once. */
    void cut() {
        Switch.unplug(member);
        Cgroups.remove(cgroupDirectories());
        Switch.forget(member);
    }

    File consoleLog() {
        return own().resolve("console.log").toFile();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(
                    LabException.Code.FAILED, "interrupted", "`kubewright lab down` clears what is half made.", e);
        }
    }
}
