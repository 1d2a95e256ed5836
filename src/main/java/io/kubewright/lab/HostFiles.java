package io.kubewright.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The files that make a host itself and not its neighbour. They are written into the upper layer of its root file system
 * before it is first mounted.
 */
final class HostFiles {
    private final Path lower;
    private final Path host;
    private final Path upper;

    HostFiles(Path lower, Path host) {
        this.lower = lower;
        this.host = host;
        this.upper = host.resolve("upper");
    }

    /** Writes them; gives the host's public SSH key, as in a file of known hosts without the names. */
    String write(LabHost self, LabNetwork network, Backend backend, String labId, String operatorKey) {
        try {
            for (String directory : new String[] {"upper", "work", "root"}) {
                Trees.make(host.resolve(directory));
                mode(host.resolve(directory), "rwxr-xr-x");
            }
            put("etc/hostname", "rw-r--r--", self.name() + "\n");
            put(
                    "etc/hosts",
                    "rw-r--r--",
                    "127.0.0.1 localhost\n127.0.1.1 " + self.name() + "\n::1 localhost ip6-localhost ip6-loopback\n");
            put("etc/resolv.conf", "rw-r--r--", "nameserver " + network.gateway() + "\n");
            put("etc/machine-id", "r--r--r--", randomHex(16) + "\n");
            put("etc/" + Path.of(LabOverlay.ID_FILE).getFileName(), "rw-r--r--", labId + "\n");
            // Tests log in wrongly on purpose: sshd must not lock this machine out for it.
            put(
                    "etc/ssh/sshd_config.d/kubewright-lab.conf",
                    "rw-r--r--",
                    "PerSourcePenaltyExemptList " + network.gateway() + "\n");
            if (backend == Backend.VM) {
                put("etc/systemd/network/10-eth0.network", "rw-r--r--", """
                        [Match]
                        Name=eth0

                        [Network]
                        Address=%s/%d
                        Address=%s/64
                        Gateway=%s
                        LinkLocalAddressing=ipv6
                        IPv6AcceptRA=no
                        """.formatted(
                                self.address(),
                                LabNetwork.PREFIX_LENGTH,
                                LabNetwork.second(self.address()),
                                network.gateway()));
            }
            authorize("root", operatorKey);
            authorize("home/admin", operatorKey);
            Path key = upper.resolve("etc/ssh/ssh_host_ed25519_key");
            Files.deleteIfExists(key);
            Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", self.name(), "-f", key.toString())
                    .run();
            String[] words = Files.readString(Path.of(key + ".pub")).split(" ");
            return words[0] + " " + words[1];
        } catch (IOException e) {
            throw LabException.storage("cannot write the files of host " + self.name(), e);
        }
    }

    static String randomHex(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private void authorize(String home, String key) throws IOException {
        Object uid = Files.getAttribute(lower.resolve(home), "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object gid = Files.getAttribute(lower.resolve(home), "unix:gid", LinkOption.NOFOLLOW_LINKS);
        Path file = put(home + "/.ssh/authorized_keys", "rw-------", key);
        Path directory = Objects.requireNonNull(file.getParent());
        mode(directory, "rwx------");
        for (Path each : new Path[] {directory, file}) {
            Files.setAttribute(each, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(each, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private Path put(String name, String mode, String content) throws IOException {
        Path file = upper.resolve(name);
        directory(Objects.requireNonNull(Path.of(name).getParent()));
        Files.deleteIfExists(file);
        Files.writeString(file, content);
        mode(file, mode);
        return file;
    }

    /** A directory of the upper layer hides the attributes of the one below: it must have the same. */
    private void directory(Path relative) throws IOException {
        Path parent = relative.getParent();
        if (parent != null) {
            directory(parent);
        }
        Path own = upper.resolve(relative);
        Path below = lower.resolve(relative);
        Files.createDirectories(own);
        if (Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
            for (String attribute : new String[] {"unix:uid", "unix:gid", "unix:mode"}) {
                Files.setAttribute(own, attribute, Files.getAttribute(below, attribute, LinkOption.NOFOLLOW_LINKS));
            }
        } else {
            mode(own, "rwxr-xr-x");
        }
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
