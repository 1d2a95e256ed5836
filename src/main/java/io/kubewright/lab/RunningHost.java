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
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** One host of the lab: its processes, its power switch, its SSH. */
final class RunningHost {
    private static final Duration BOOT = Duration.ofSeconds(120);
    /** Containers that ignore SIGTERM hold an orderly shutdown for 90 s. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(150);
    /** SIGRTMIN+5: systemd(1), "reboots the machine via the reboot.target unit". */
    private static final String REBOOT_SIGNAL = "-39";

    private static final List<String> BINDS =
            List.of("/var/lib/containerd", "/var/lib/kubelet", "/var/lib/etcd", "/var/log/pods");

    private final StateDirectory directory;
    private final LabNetwork network;
    private final Cgroups cgroups;
    private final LabState.Member member;

    RunningHost(StateDirectory directory, LabState state, Cgroups cgroups, LabState.Member member) {
        this.directory = directory;
        this.network = state.network();
        this.cgroups = cgroups;
        this.member = member;
    }

    private Path own() {
        return directory.host(member.name());
    }

    private List<Path> cgroupDirectories() {
        return cgroups.named(member.name());
    }

    Set<Long> processes() {
        return Cgroups.processes(cgroupDirectories());
    }

    boolean isRunning() {
        return leader().isPresent();
    }

    /** Process of the host's systemd, as this machine numbers it. */
    OptionalLong leader() {
        return processes().stream()
                .mapToLong(Long::longValue)
                .filter(RunningHost::isInit)
                .findFirst();
    }

    private static boolean isInit(long process) {
        try {
            return Files.readString(Path.of("/proc/" + process + "/status"))
                    .lines()
                    .filter(line -> line.startsWith("NSpid:"))
                    .map(line -> line.substring("NSpid:".length()).strip().split("\\s+"))
                    .anyMatch(numbers -> numbers.length == 2 && numbers[1].equals("1"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Powers the host on; returns before it has booted. */
    void powerOn(Path lower, Kernel kernel) {
        directory.write(own().resolve("supervisor.cgroups"), lines(cgroups.create(member.name(), "supervisor")));
        directory.write(own().resolve("cgroups"), lines(cgroups.create(member.name(), "host")));
        LabHost host = member.host();
        List<String> words = new ArrayList<>(List.of(
                "sh",
                directory.script("join.sh").toString(),
                own().resolve("supervisor.cgroups").toString(),
                "sh",
                directory.script("host.sh").toString(),
                own().toString(),
                host.name(),
                LabNetwork.namespace(host),
                LabNetwork.link(member.index()),
                LabNetwork.SWITCH,
                LabNetwork.BRIDGE,
                host.address() + "/" + LabNetwork.PREFIX_LENGTH,
                network.gateway(),
                mac(host.address()),
                lower.toString(),
                directory.scripts().toString()));
        for (String bind : BINDS) {
            // On the real file system: an overlay cannot lie on an overlay.
            Path real = own().resolve("data").resolve(bind.substring(bind.lastIndexOf('/') + 1));
            Trees.make(real);
            words.add("--bind=" + real + ":" + bind);
        }
        kernel.modules().ifPresent(modules -> words.add("--bind-ro=" + modules));
        Background.start(words, own().resolve("console.log"));
    }

    private static String lines(List<Path> paths) {
        return String.join("\n", paths.stream().map(Path::toString).toList()) + "\n";
    }

    /** Locally administered, the same at each boot. */
    static String mac(String address) {
        StringBuilder mac = new StringBuilder("02:4b");
        for (String part : address.split("\\.")) {
            mac.append(':').append(HexFormat.of().toHexDigits((byte) Integer.parseInt(part)));
        }
        return mac.toString();
    }

    /** Waits until someone can log in and become root. */
    void awaitLogin() {
        long end = System.nanoTime() + BOOT.toNanos();
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

    /** Asks the host's systemd to reboot and waits for the login after it. */
    void reboot() {
        long before = leader().orElseThrow(() -> LabException.refused(
                "host " + member.name() + " is not running", "Start it: kubewright lab start " + member.name()));
        Command.of("kill", REBOOT_SIGNAL, Long.toString(before)).run();
        long end = System.nanoTime() + SHUTDOWN.toNanos();
        while (true) {
            OptionalLong now = leader();
            if (now.isPresent() && now.getAsLong() != before) {
                break;
            }
            if (System.nanoTime() > end) {
                throw LabException.failed(
                        "host " + member.name() + " did not shut down within " + SHUTDOWN.toSeconds() + " s",
                        "Something in it ignores SIGTERM; `kubewright lab cut " + member.name()
                                + "` takes its power away.");
            }
            pause(50);
        }
        awaitLogin();
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
