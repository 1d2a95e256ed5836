package io.kubewright.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A container with its own systemd, network and cgroups, and with this machine's kernel. */
final class NspawnHost extends RunningHost {
    private static final Duration BOOT = Duration.ofSeconds(120);
    /** Containers that ignore SIGTERM hold an orderly shutdown for 90 s. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(150);
    /** SIGRTMIN+5: systemd(1), "reboots the machine via the reboot.target unit". */
    private static final String REBOOT_SIGNAL = "-39";

    private static final List<String> BINDS =
            List.of("/var/lib/containerd", "/var/lib/kubelet", "/var/lib/etcd", "/var/log/pods");

    NspawnHost(StateDirectory directory, LabState state, Cgroups cgroups, LabState.Member member) {
        super(directory, state, cgroups, member, BOOT);
    }

    @Override
    boolean isRunning() {
        return leader().isPresent();
    }

    /** Process of the host's systemd, as this machine numbers it. */
    private OptionalLong leader() {
        return processes().stream()
                .mapToLong(Long::longValue)
                .filter(NspawnHost::isInit)
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

    /** Nothing: its file system is an overlay that is mounted at each boot. */
    @Override
    void make(Path lower) {}

    @Override
    void powerOn(Path lower, Kernel kernel) {
        List<String> words = new ArrayList<>(List.of(
                own().toString(),
                host().name(),
                LabNetwork.namespace(host()),
                LabNetwork.link(index()),
                LabNetwork.SWITCH,
                LabNetwork.BRIDGE,
                host().address() + "/" + LabNetwork.PREFIX_LENGTH,
                network().gateway(),
                LabNetwork.mac(host().address()),
                lower.toString(),
                directory().scripts().toString()));
        for (String bind : BINDS) {
            // On the real file system: an overlay cannot lie on an overlay.
            Path real = own().resolve("data").resolve(bind.substring(bind.lastIndexOf('/') + 1));
            Trees.make(real);
            words.add("--bind=" + real + ":" + bind);
        }
        kernel.modules().ifPresent(modules -> words.add("--bind-ro=" + modules));
        directory().write(own().resolve("cgroups"), lines(cgroups().create(host().name(), "host")));
        supervise("host.sh", words);
    }

    @Override
    void reboot() {
        long before = leader().orElseThrow(this::off);
        Command.of("kill", REBOOT_SIGNAL, Long.toString(before)).run();
        awaitShutdown(SHUTDOWN, () -> {
            OptionalLong now = leader();
            return now.isPresent() && now.getAsLong() != before;
        });
        awaitLogin();
    }
}
