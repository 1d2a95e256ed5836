package io.kubewright.host;

import io.kubewright.engine.Blob;
import io.kubewright.engine.Shell;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Debian packages from files of the bundle; no archive is asked. */
record BundledPackages(List<HostPackage> packages) implements PackageSource {
    @Override
    public String probe() {
        return PackageManager.APT.probe(packages.stream().map(HostPackage::name).toList());
    }

    @Override
    public List<String> wanted() {
        return packages.stream()
                .map(each -> PackageSource.line(each.name()))
                .sorted()
                .distinct()
                .toList();
    }

    @Override
    public String install(List<String> missing) {
        StringBuilder links = new StringBuilder();
        StringBuilder blobs = new StringBuilder();
        for (HostPackage each : these(missing)) {
            String blob = "\"$KW_BLOBS/" + each.file().sha256() + "\"";
            links.append("ln %s \"$directory/\"%s\n"
                    .formatted(
                            blob, Shell.quote(each.name() + "_" + each.version().replace(':', '_') + ".deb")));
            blobs.append("rm -f ").append(blob).append('\n');
        }
        return PackageManager.APT.functions()
                + """
                mkdir -p "$KW_STATE"
                remember_times
                printf '%%s\\n' %s >>"$added"
                # apt takes no symbolic links for packages, and hard links need the file system of the blobs.
                directory=$(mktemp -d "$KW_STATE/packages.XXXXXX")
                trap 'rm -rf "$directory"' EXIT
                %spatiently %d install_files "$directory"/*.deb
                remember_since
                %s""".formatted(
                        Shell.words(
                                these(missing).stream().map(HostPackage::name).toList()),
                        links,
                        PackageManager.LOCK_SECONDS,
                        blobs);
    }

    @Override
    public String undo() {
        return PackageManager.APT.undo();
    }

    @Override
    public Set<Blob> blobs(List<String> missing) {
        Set<Blob> blobs = new LinkedHashSet<>();
        these(missing).forEach(each -> blobs.add(each.file()));
        return blobs;
    }

    private List<HostPackage> these(List<String> missing) {
        return packages.stream()
                .filter(each -> missing.contains(PackageSource.line(each.name())))
                .toList();
    }
}
