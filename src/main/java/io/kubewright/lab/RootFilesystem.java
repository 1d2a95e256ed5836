package io.kubewright.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The root file system that all hosts of a lab share, kept in the cache by the recipe it was made from. */
final class RootFilesystem {
    static final String SUITE = "trixie";
    /** What a bare server has; the product installs the rest, so that each of its package steps is exercised. */
    static final List<String> PACKAGES = List.of(
            "ca-certificates",
            "dbus",
            "iproute2",
            "kmod",
            "nftables",
            "openssh-server",
            "procps",
            "python3-minimal",
            "sudo",
            "systemd",
            "systemd-sysv",
            "util-linux");

    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final String MIRROR_VARIABLE = "KUBEWRIGHT_LAB_MIRROR";

    /** A virtual machine has a kernel of its own and what finds its devices. */
    private static final List<String> MACHINE_PACKAGES =
            List.of("e2fsprogs", "initramfs-tools", "linux-image-cloud-amd64", "udev");

    private final Path cache;
    private final Backend backend;

    RootFilesystem(Path cache, Backend backend) {
        this.cache = cache;
        this.backend = backend;
    }

    private List<String> packages() {
        return backend == Backend.VM
                ? Stream.concat(PACKAGES.stream(), MACHINE_PACKAGES.stream()).toList()
                : PACKAGES;
    }

    /** The directory in the cache that this recipe's result has or will have. */
    Path directory() {
        return cache.resolve("root-" + key());
    }

    boolean isBuilt() {
        return Files.isDirectory(directory());
    }

    private String key() {
        try (InputStream recipe =
                Objects.requireNonNull(RootFilesystem.class.getResourceAsStream("root-filesystem.sh"), "recipe")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((SUITE + " " + packages() + " " + System.getProperty("os.arch") + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            digest.update(recipe.readAllBytes());
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("the recipe cannot be read", e);
        }
    }

    /** Removes what killed runs left behind in the cache. Nothing may be building. */
    void removePartial() {
        if (!Files.isDirectory(cache)) {
            return;
        }
        try (Stream<Path> entries = Files.list(cache)) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().endsWith(".partial"))
                    .toList()) {
                Trees.remove(entry);
            }
        } catch (IOException e) {
            throw LabException.storage("cannot clear " + cache, e);
        }
    }

    /** Builds it unless it is there. What runs for it runs inside the given cgroups. */
    void build(StateDirectory directory, Path cgroups, Consumer<String> progress) {
        if (isBuilt()) {
            return;
        }
        List<AptSources.Mirror> mirrors = mirrors();
        if (mirrors.isEmpty()) {
            throw LabException.refused(
                    "the package sources of this machine name no Debian release, and the lab's hosts are made from one",
                    "Name a mirror in the environment: " + MIRROR_VARIABLE + "=http://…/debian");
        }
        List<String> failures = new ArrayList<>();
        for (AptSources.Mirror mirror : mirrors) {
            removePartial();
            Command.Result result = debootstrap(directory, cgroups, mirror, progress);
            if (result.code() == 0) {
                publish();
                return;
            }
            List<String> lines = result.output().strip().lines().toList();
            failures.add(mirror.uri() + ": "
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
        }
        removePartial();
        throw LabException.failed(
                "no root file system for the hosts: " + String.join("\n", failures),
                "Check that apt-get update works here and that its sources serve Debian " + SUITE + ", or set "
                        + MIRROR_VARIABLE + ".");
    }

    private Path partial() {
        return cache.resolve(directory().getFileName() + ".partial");
    }

    private void publish() {
        try {
            Files.move(partial(), directory());
        } catch (IOException e) {
            throw LabException.storage("cannot name " + directory(), e);
        }
    }

    private Command.Result debootstrap(
            StateDirectory directory, Path cgroups, AptSources.Mirror mirror, Consumer<String> progress) {
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw LabException.storage("cannot make " + cache, e);
        }
        String signature = mirror.trusted() ? "--no-check-gpg" : "";
        return Command.of(List.of(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "sh",
                        directory.script("root-filesystem.sh").toString(),
                        partial().toString(),
                        SUITE,
                        mirror.uri(),
                        KEYRING.toString(),
                        cache.resolve("debs").toString(),
                        signature,
                        String.join(",", packages()),
                        backend.word()))
                .inside(directory, cgroups)
                .with(proxies())
                .within(Duration.ofMinutes(30))
                .result(line -> {
                    if (line.startsWith("I: ")) {
                        progress.accept(line.substring(3));
                    }
                });
    }

    private static List<AptSources.Mirror> mirrors() {
        String named = System.getenv(MIRROR_VARIABLE);
        if (named != null && !named.isBlank()) {
            return List.of(new AptSources.Mirror(named.strip(), false));
        }
        List<AptSources.Mirror> all = new ArrayList<>();
        Path directory = Path.of("/etc/apt");
        Path list = directory.resolve("sources.list");
        if (Files.isReadable(list)) {
            all.addAll(AptSources.oneLine(StateDirectory.text(list)));
        }
        Path parts = directory.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> files = Files.list(parts)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".list")) {
                        all.addAll(AptSources.oneLine(StateDirectory.text(file)));
                    } else if (name.endsWith(".sources")) {
                        all.addAll(AptSources.deb822(StateDirectory.text(file)));
                    }
                }
            } catch (IOException e) {
                throw LabException.storage("cannot read " + parts, e);
            }
        }
        return all.stream().distinct().toList();
    }

    /** The proxies that apt is told to use, in the variables that debootstrap's wget reads. */
    private static Map<String, String> proxies() {
        Map<String, String> environment = new LinkedHashMap<>();
        String found = Command.of("apt-config", "dump", "--format", "%f=%v%n", "Acquire")
                .result()
                .output();
        for (String line : found.split("\n")) {
            if (line.startsWith("Acquire::http::Proxy=")) {
                environment.put("http_proxy", line.substring(line.indexOf('=') + 1));
            } else if (line.startsWith("Acquire::https::Proxy=")) {
                environment.put("https_proxy", line.substring(line.indexOf('=') + 1));
            }
        }
        environment.values().removeIf(value -> value.isBlank() || value.equals("DIRECT"));
        return environment;
    }
}
