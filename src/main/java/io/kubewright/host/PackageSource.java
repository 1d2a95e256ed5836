package io.kubewright.host;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the packages of a host come from: fragments as those of {@link io.kubewright.engine.HostResource}. */
sealed interface PackageSource permits BundledPackages, RepositoryPackages, NoPackages {
    /**
     * The bundle, when it has packages for the host's system; else the host's own repositories.
     *
     * @param bundled what the bundle has for it
     * @param time whether a service that keeps the clock is to come too
     */
    static PackageSource of(HostFacts facts, List<HostPackage> bundled, boolean time) {
        if (!bundled.isEmpty()) {
            return new BundledPackages(bundled);
        }
        List<Program> programs = Program.table(time);
        return facts.packageManager()
                .flatMap(PackageManager::of)
                .<PackageSource>map(manager -> new RepositoryPackages(manager, Program.packages(programs, manager)))
                .orElseGet(() -> new NoPackages(Program.table(false), facts.osId() + " " + facts.osVersion()));
    }

    /** Prints those of {@link #wanted} that are there, sorted. */
    String probe();

    /** Lines, sorted. */
    List<String> wanted();

    /** @param missing those of {@link #wanted} that are not there */
    String install(List<String> missing);

    String undo();

    default Set<Blob> blobs(List<String> missing) {
        return Set.of();
    }

    default Optional<Refusal> refusal(List<String> missing) {
        return Optional.empty();
    }

    /** Whether a package of this name comes. */
    default boolean brings(String name) {
        return wanted().contains(line(name));
    }

    static String line(String name) {
        return "package " + name;
    }
}
