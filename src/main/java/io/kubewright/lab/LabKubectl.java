package io.kubewright.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The cluster's kubectl on this machine. Program and kubeconfig come from a control plane of the lab, so they are those of the
 * bundle; the API server is the first that answers, so that it works while the virtual IP does not.
 */
final class LabKubectl {
    private static final String ADMIN = "/etc/kubernetes/admin.conf";
    private static final int API_PORT = 6443;

    private final StateDirectory directory;
    private final LabOverlay overlay;

    LabKubectl(StateDirectory directory, LabOverlay overlay) {
        this.directory = directory;
        this.overlay = overlay;
    }

    int run(List<String> arguments) {
        LabHost server = overlay.hosts().stream()
                .filter(LabKubectl::listens)
                .findFirst()
                .orElseThrow(() -> LabException.refused(
                        "no host of the lab answers on port " + API_PORT,
                        "kubewright apply makes the cluster; kubewright lab status shows which hosts are on."));
        List<String> words = new ArrayList<>();
        words.add(program(server).toString());
        words.addAll(arguments);
        return Passthrough.run(
                words,
                Map.of(
                        "KUBECONFIG",
                        configuration(server).toString(),
                        "NO_PROXY",
                        server.address(),
                        "no_proxy",
                        server.address()));
    }

    private static boolean listens(LabHost host) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host.address(), API_PORT), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** admin.conf with the server replaced by the one that answers. */
    private Path configuration(LabHost server) {
        String text =
                LabSsh.command(directory, server, "root", List.of("cat", ADMIN)).run();
        Path file = directory.root().resolve("kubeconfig");
        directory.write(file, withServer(text, "https://" + server.address() + ":" + API_PORT));
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw LabException.storage("cannot guard " + file, e);
        }
        return file;
    }

    static String withServer(String kubeconfig, String server) {
        return kubeconfig.replaceAll("(?m)^(\\s*server:).*$", "$1 " + server);
    }

    private Path program(LabHost server) {
        String[] found = LabSsh.command(
                        directory,
                        server,
                        "root",
                        List.of("p=$(command -v kubectl) && sha256sum \"$(readlink -f \"$p\")\""))
                .run()
                .strip()
                .split("\\s+", 2);
        Path file = directory.root().resolve("kubectl-" + found[0]);
        if (Files.isExecutable(file)) {
            return file;
        }
        Path next = directory.root().resolve("kubectl.next");
        List<String> copy = new ArrayList<>(List.of("scp", "-q"));
        copy.addAll(LabSsh.options(directory));
        copy.addAll(List.of("root@" + server.address() + ":" + found[1], next.toString()));
        Command.of(copy).within(Duration.ofMinutes(2)).run();
        try {
            Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwx------"));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw LabException.storage("cannot keep " + file, e);
        }
        return file;
    }
}
