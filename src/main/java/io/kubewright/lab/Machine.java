package io.kubewright.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Whether this machine can hold a lab, and the packages it needs for one. */
final class Machine {
    private static final long BYTES_FOR_ROOT = 1L << 30;
    private static final long BYTES_A_HOST = 2L << 30;

    private Machine() {}

    static void requireRoot() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw LabException.refused(
                        "the lab makes network namespaces, mounts and cgroups, which only root may",
                        "Run it as root, such as with sudo.");
            }
        } catch (IOException e) {
            throw LabException.storage("cannot tell who runs this", e);
        }
    }

    static void requireRoom(Backend backend, Path directory, int hosts, boolean withRoot) {
        if (backend == Backend.VM) {
            requireMemory(hosts);
        }
        try {
            Path existing = Files.exists(directory) ? directory : Objects.requireNonNull(directory.getParent());
            var store = Files.getFileStore(existing);
            if (store.type().equals("overlay")) {
                throw LabException.refused(
                        existing + " lies on an overlay file system, and the hosts' own overlays cannot lie on one",
                        "Mount a real file system (ext4, xfs, btrfs, tmpfs) at " + directory + ".");
            }
            long needed = hosts * BYTES_A_HOST + (withRoot ? BYTES_FOR_ROOT : 0);
            if (store.getUsableSpace() < needed) {
                throw LabException.refused(
                        "%s has %.1f GiB left, and a lab of %d hosts takes up to %.1f GiB"
                                .formatted(existing, gibibytes(store.getUsableSpace()), hosts, gibibytes(needed)),
                        "Free some space there, or give the lab fewer hosts.");
            }
        } catch (IOException e) {
            throw LabException.storage("cannot tell how much room " + directory + " has", e);
        }
    }

    private static void requireMemory(int hosts) {
        long available = StateDirectory.text(Path.of("/proc/meminfo"))
                        .lines()
                        .filter(line -> line.startsWith("MemAvailable:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                << 10;
        long needed = (long) hosts * VirtualHost.MEMORY << 20;
        if (available < needed) {
            throw LabException.refused(
                    "%.1f GiB of memory are free, and %d virtual machines take %.1f GiB"
                            .formatted(gibibytes(available), hosts, gibibytes(needed)),
                    "Give the lab fewer hosts, or make it of containers: --backend nspawn.");
        }
    }

    private static double gibibytes(long bytes) {
        return bytes / (double) (1L << 30);
    }

    /** Installs what is missing, by the machine's own apt. */
    static void installPackages(Backend backend, Consumer<String> progress) {
        Set<String> missing = missingPackages(backend);
        if (missing.isEmpty()) {
            return;
        }
        if (!onPath("apt-get")) {
            throw LabException.refused(
                    "this machine lacks " + String.join(", ", missing) + " and has no apt-get to install them",
                    "Install them by the machine's own means; the lab is made for Debian and its kin.");
        }
        progress.accept("installing " + String.join(", ", missing));
        Command install = Command.of(Stream.concat(
                                Stream.of(
                                        "apt-get",
                                        "-q",
                                        "-y",
                                        "--no-install-recommends",
                                        "-o",
                                        "DPkg::Lock::Timeout=300",
                                        "install"),
                                missing.stream())
                        .toList())
                .with(Map.of("DEBIAN_FRONTEND", "noninteractive"))
                .within(Duration.ofMinutes(15));
        if (install.result().code() != 0) {
            Command.of("apt-get", "-q", "update").within(Duration.ofMinutes(10)).run();
            install.run();
        }
        Set<String> still = missingPackages(backend);
        if (!still.isEmpty()) {
            throw LabException.failed(
                    "apt-get installed " + String.join(", ", still) + " and yet the programs are not there",
                    "Look at the packages by hand: dpkg -L " + String.join(" ", still));
        }
    }

    private static Set<String> missingPackages(Backend backend) {
        Map<String, String> programs = new LinkedHashMap<>();
        programs.put("systemd-nspawn", "systemd-container");
        programs.put("debootstrap", "debootstrap");
        programs.put("dnsmasq", "dnsmasq-base");
        programs.put("ssh", "openssh-client");
        programs.put("ssh-keygen", "openssh-client");
        programs.put("ip", "iproute2");
        programs.put("unshare", "util-linux");
        programs.put("setsid", "util-linux");
        programs.put("gpgv", "gpgv");
        programs.put("kill", "procps");
        if (backend == Backend.VM) {
            programs.put("qemu-system-x86_64", "qemu-system-x86");
            programs.put("mke2fs", "e2fsprogs");
        }
        Set<String> missing = new LinkedHashSet<>();
        programs.forEach((program, name) -> {
            if (!onPath(program)) {
                missing.add(name);
            }
        });
        if (!Files.exists(Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"))) {
            missing.add("debian-archive-keyring");
        }
        return missing;
    }

    private static boolean onPath(String program) {
        return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    static String bootId() {
        return StateDirectory.text(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** The product's cache, for what the lab keeps in it. */
    static Path cache() {
        return List.of("KUBEWRIGHT_CACHE", "XDG_CACHE_HOME").stream()
                .filter(name ->
                        System.getenv(name) != null && !System.getenv(name).isBlank())
                .findFirst()
                .map(name -> name.equals("KUBEWRIGHT_CACHE")
                        ? Path.of(System.getenv(name))
                        : Path.of(System.getenv(name), "kubewright"))
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "kubewright"))
                .toAbsolutePath()
                .resolve("lab");
    }
}
