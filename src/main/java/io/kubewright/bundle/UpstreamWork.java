package io.kubewright.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What making one bundle of releases comes down to.
 *
 * @param selection all that the bundle holds, by the catalogue
 * @param compiled what of it has no release
 * @param recipe hash over all that the bundle depends on
 * @param directory where it will lie
 */
record UpstreamWork(
        Upstream.Release release,
        Catalogue.Selection selection,
        Catalogue.Selection compiled,
        List<Architecture> architectures,
        String recipe,
        Path directory) {
    /**
     * What was made and fetched; filled by several threads.
     *
     * @param files by name
     * @param images by {@link #key}
     */
    record Gathered(
            Map<Architecture, Builder.Made> compiled,
            Map<String, Downloads.Fetched> files,
            Map<String, Registry.Pulled> images) {}

    /** The images to pull. */
    List<Catalogue.Image> released() {
        return selection.images().stream()
                .filter(image -> release.has(image.part()))
                .toList();
    }

    /** The release files to fetch for the hosts of one architecture. */
    List<Upstream.ReleaseFile> files(Architecture architecture) {
        return release.files(selection.binaries().keySet(), architecture);
    }

    /** The manifests to fetch, by the catalogue's name. */
    Map<String, Upstream.ReleaseFile> manifests() {
        Map<String, Upstream.ReleaseFile> manifests = new TreeMap<>();
        selection.manifests().keySet().stream()
                .filter(name -> !compiled.manifests().containsKey(name))
                .forEach(name -> manifests.put(name, release.manifest(name)));
        return manifests;
    }

    /** What pods name an image. */
    String ref(Catalogue.Image image) {
        return image.repository() + ":" + release.tag(image.part());
    }

    static String key(Catalogue.Image image, Architecture architecture) {
        return architecture.label() + "/" + image.name();
    }
}
