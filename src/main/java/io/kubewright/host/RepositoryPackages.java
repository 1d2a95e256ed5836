package io.kubewright.host;

import io.kubewright.engine.Shell;
import java.util.List;

/**
 * Packages that the host's own package manager takes from the host's own repositories.
 *
 * @param names of packages, or of what a package provides
 */
record RepositoryPackages(PackageManager manager, List<String> names) implements PackageSource {
    @Override
    public String probe() {
        return manager.probe(names);
    }

    @Override
    public List<String> wanted() {
        return names.stream().map(PackageSource::line).sorted().toList();
    }

    @Override
    public String install(List<String> missing) {
        List<String> these = names.stream()
                .filter(name -> missing.contains(PackageSource.line(name)))
                .toList();
        return manager.functions() + "bring " + PackageManager.LOCK_SECONDS + " " + Shell.words(these) + "\n";
    }

    @Override
    public String undo() {
        return manager.undo();
    }
}
