package io.kubewright.lab;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a killed run or a killed host leaves outside the lab's own directory, cgroups and namespaces. */
final class Leftovers {
    private static final Path NSPAWN = Path.of("/run/systemd/nspawn");
    private static final Set<String> SHORT_LIVED = Set.of("ip", "ssh-keygen", "mv", "setsid");
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private Leftovers() {}

    /** Short programs of a run that was killed meanwhile end by themselves, and must before what they make is swept. */
    static void awaitShortLived(StateDirectory directory) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end
                && ProcessHandle.allProcesses().anyMatch(process -> isOfTheLab(process.pid(), directory))) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean isOfTheLab(long process, StateDirectory directory) {
        Path proc = Path.of("/proc", Long.toString(process));
        try {
            if (!SHORT_LIVED.contains(Files.readString(proc.resolve("comm")).strip())) {
                return false;
            }
            String words = Files.readString(proc.resolve("cmdline"));
            return words.contains(LabNetwork.NAMES) || words.contains(directory.root() + "/");
        } catch (IOException e) {
            return false;
        }
    }

    /** What systemd-nspawn keeps for a container beside the container; its directories go when nobody else is in them. */
    static void removeNspawns() {
        for (Path kind : children(NSPAWN)) {
            for (Path each : children(kind)) {
                if (each.getFileName().toString().startsWith(LabNetwork.NAMES)) {
                    Trees.remove(each);
                }
            }
            removeEmpty(kind);
        }
        removeEmpty(NSPAWN);
    }

    private static void removeEmpty(Path directory) {
        try {
            if (children(directory).isEmpty()) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else's container has come meanwhile.
        } catch (IOException e) {
            throw LabException.storage("cannot remove " + directory, e);
        }
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return new ArrayList<>(entries.toList());
        } catch (IOException e) {
            throw LabException.storage("cannot list " + directory, e);
        }
    }
}
