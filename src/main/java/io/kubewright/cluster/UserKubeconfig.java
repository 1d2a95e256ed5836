package io.kubewright.cluster;

import io.kubewright.engine.Journal;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;

/** The kubeconfig that a user of this machine gets; beside the cluster's journal, readable by its owner only. */
public final class UserKubeconfig {
    private UserKubeconfig() {}

    /** Where it lies for a cluster of this name. */
    public static Path place(String cluster) {
        return Journal.place(cluster).resolveSibling("kubeconfig");
    }

    /** Fetches it from the first control plane that gives it; an unchanged file is not written again. */
    public static Path write(Specification specification, Targets targets) throws InterruptedException {
        TargetException last = null;
        for (var host : specification.controlPlanes()) {
            try {
                ScriptResult result = targets.get(host.name())
                        .run("cat /etc/kubernetes/admin.conf\n", Duration.ofSeconds(30), _ -> {});
                if (result.exitCode() == 0 && !result.stdout().isBlank()) {
                    return keep(place(specification.metadata().name()), result.stdout());
                }
                last = new TargetException(
                        host.name(),
                        TargetException.Code.PROTOCOL,
                        "gave no kubeconfig: " + result.stderr().strip(),
                        "Look at /etc/kubernetes/admin.conf there.");
            } catch (TargetException e) {
                last = e;
            }
        }
        throw last == null ? new IllegalStateException("a cluster has a control plane") : last;
    }

    /** Removes it: the cluster it led to is gone. */
    public static void delete(Specification specification) {
        Path file = place(specification.metadata().name());
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the kubeconfig " + file + " cannot be removed: " + e.getMessage(), e);
        }
    }

    private static Path keep(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
                return file;
            }
            Files.createDirectories(file.getParent());
            Path fresh = Files.createTempFile(
                    file.getParent(),
                    "kubeconfig",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, bytes);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the kubeconfig " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
