package io.kubewright.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A virtual machine on QEMU with Debian's own kernel, on a disk that is made from the root file system. */
final class VirtualHost extends RunningHost {
    /** In emulation; half a minute when nothing else runs. */
    private static final Duration BOOT = Duration.ofMinutes(10);

    private static final Duration SHUTDOWN = Duration.ofMinutes(5);

    /** MiB; kubeadm asks a control plane for 1700. */
    static final int MEMORY = 4096;

    static final int PROCESSORS = 2;

    VirtualHost(StateDirectory directory, LabState state, Cgroups cgroups, LabState.Member member) {
        super(directory, state, cgroups, member, BOOT);
    }

    @Override
    boolean isRunning() {
        return !processes().isEmpty();
    }

    /** Makes its disk. */
    @Override
    void make(Path lower) {
        Command.of(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        directory().script("disk.sh").toString(),
                        own().toString(),
                        lower.toString())
                .within(Duration.ofMinutes(5))
                .run();
    }

    @Override
    void powerOn(Path lower, Kernel kernel) {
        supervise(
                "machine.sh",
                List.of(
                        own().toString(),
                        LabNetwork.namespace(host()),
                        LabNetwork.link(index()),
                        LabNetwork.SWITCH,
                        LabNetwork.BRIDGE,
                        LabNetwork.mac(host().address()),
                        lower.toString(),
                        Integer.toString(MEMORY),
                        Integer.toString(PROCESSORS),
                        virtualization() ? "kvm" : "tcg"));
    }

    /** Whether this machine's processor runs virtual machines; a /dev/kvm without that does not carry a common kernel. */
    private static boolean virtualization() {
        return Files.exists(Path.of("/dev/kvm"))
                && StateDirectory.text(Path.of("/proc/cpuinfo"))
                        .lines()
                        .filter(line -> line.startsWith("flags"))
                        .anyMatch(line -> line.matches(".*\\b(vmx|svm)\\b.*"));
    }

    @Override
    void reboot() {
        if (!isRunning()) {
            throw off();
        }
        awaitLogin();
        String before = boot().orElseThrow(() -> LabException.failed(
                "host " + host().name() + " does not tell which boot this is",
                "Log in and look: kubewright lab ssh " + host().name()));
        LabSsh.command(
                        directory(),
                        host(),
                        "root",
                        List.of("systemd-run", "--quiet", "--no-block", "systemctl", "reboot"))
                .within(Duration.ofSeconds(60))
                .run();
        awaitShutdown(
                SHUTDOWN.plus(BOOT),
                () -> greets() && boot().filter(now -> !now.equals(before)).isPresent());
        awaitLogin();
    }

    /** The kernel's id of this boot; empty when nobody can log in. */
    private Optional<String> boot() {
        try {
            Command.Result result = LabSsh.command(
                            directory(), host(), "root", List.of("cat", "/proc/sys/kernel/random/boot_id"))
                    .within(Duration.ofSeconds(30))
                    .result();
            return result.code() == 0 ? Optional.of(result.output().strip()) : Optional.empty();
        } catch (LabException _) {
            // A host that goes down may take the question with it.
            return Optional.empty();
        }
    }
}
