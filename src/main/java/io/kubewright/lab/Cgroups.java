package io.kubewright.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The lab's cgroups, one set of directories for each host and for each of its own servants. */
final class Cgroups {
    private final List<CgroupHierarchy> hierarchies;

    Cgroups(List<CgroupHierarchy> hierarchies) {
        this.hierarchies = List.copyOf(hierarchies);
    }

    static Cgroups ofThisMachine() {
        return new Cgroups(CgroupHierarchy.parse(
                StateDirectory.text(Path.of("/proc/self/cgroup")),
                StateDirectory.text(Path.of("/proc/self/mountinfo"))));
    }

    /** The directories of that name, one in each hierarchy. */
    List<Path> named(String name) {
        return hierarchies.stream()
                .map(hierarchy -> hierarchy.base().resolve(LabNetwork.NAMES + name))
                .toList();
    }

    /** Makes the directories of that name and in each the leaf; gives the leaves. */
    List<Path> create(String name, String leaf) {
        List<Path> leaves = new ArrayList<>();
        for (CgroupHierarchy hierarchy : hierarchies) {
            Path directory = hierarchy.base().resolve(LabNetwork.NAMES + name);
            make(hierarchy, hierarchy.base(), directory);
            make(hierarchy, directory, directory.resolve(leaf));
            leaves.add(directory.resolve(leaf));
        }
        return leaves;
    }

    private static void make(CgroupHierarchy hierarchy, Path parent, Path directory) {
        try {
            if (hierarchy.unified()) {
                delegate(parent);
            }
            Files.createDirectories(directory);
            if (hierarchy.holds("cpuset")) {
                // A new v1 cpuset is empty and takes no process.
                copy(parent, directory, "cpuset.cpus");
                copy(parent, directory, "cpuset.mems");
            }
        } catch (IOException e) {
            throw LabException.storage("cannot make the cgroup " + directory, e);
        }
    }

    private static void copy(Path from, Path to, String file) throws IOException {
        Files.writeString(to.resolve(file), Files.readString(from.resolve(file)).strip());
    }

    private static void delegate(Path parent) throws IOException {
        for (String controller :
                Files.readString(parent.resolve("cgroup.controllers")).strip().split(" ")) {
            if (controller.isEmpty()) {
                continue;
            }
            try {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException e) {
                // Held by a v1 hierarchy or not ours to give: the hosts do without, as a machine without it would.
                continue;
            }
        }
    }

    /** Every directory that bears the lab's prefix, wherever the run that made it was. */
    List<Path> sweep() {
        List<Path> found = new ArrayList<>();
        for (CgroupHierarchy hierarchy : hierarchies) {
            try {
                Files.walkFileTree(hierarchy.mountPoint(), new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                        if (directory.getFileName().toString().startsWith(LabNetwork.NAMES)) {
                            found.add(directory);
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @org.jspecify.annotations.Nullable IOException e) {
                        return FileVisitResult.CONTINUE;
                    }
                });
            } catch (IOException e) {
                throw LabException.storage("cannot search " + hierarchy.mountPoint(), e);
            }
        }
        return found;
    }

    /** Processes in these cgroups and below them. */
    static Set<Long> processes(Collection<Path> directories) {
        Set<Long> all = new TreeSet<>();
        for (Path directory : directories) {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path each : tree.filter(Files::isDirectory).toList()) {
                    Files.readString(each.resolve("cgroup.procs"))
                            .lines()
                            .mapToLong(Long::parseLong)
                            .filter(process -> process > 0)
                            .forEach(all::add);
                }
            } catch (IOException | UncheckedIOException e) {
                // Gone between listing and reading.
                continue;
            }
        }
        return all;
    }

    /** Kills every process in these cgroups and below, new ones too, until none is left. */
    static void kill(Collection<Path> directories) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            Set<Long> left = processes(directories);
            if (left.isEmpty()) {
                return;
            }
            left.forEach(process -> ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly));
            if (System.nanoTime() > end) {
                throw LabException.failed(
                        "the kernel does not end the processes " + left + " of the lab's hosts",
                        "They hang in the kernel (see /proc/PID/stack); restart the machine if they stay.");
            }
            pause();
        }
    }

    /** Ends what runs there and removes the directories with all below them. */
    static void remove(Collection<Path> directories) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        for (Path directory : directories) {
            while (Files.isDirectory(directory)) {
                kill(List.of(directory));
                try (Stream<Path> tree = Files.walk(directory)) {
                    for (Path each : tree.filter(Files::isDirectory)
                            .sorted(java.util.Comparator.reverseOrder())
                            .toList()) {
                        Files.deleteIfExists(each);
                    }
                } catch (NoSuchFileException e) {
                    continue;
                } catch (IOException | UncheckedIOException e) {
                    // Busy: a process is still leaving it, or has just come.
                    if (System.nanoTime() > end) {
                        throw LabException.storage("cannot remove the cgroup " + directory, e);
                    }
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(
                    LabException.Code.FAILED, "interrupted", "`kubewright lab down` clears what is half made.", e);
        }
    }
}
