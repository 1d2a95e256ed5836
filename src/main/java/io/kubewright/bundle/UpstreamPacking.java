package io.kubewright.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/** Packs what was gathered from releases, and what was compiled beside it, into a bundle. */
final class UpstreamPacking {
    private final Catalogue catalogue;
    private final Builder compiler;
    private final UpstreamWork work;
    private final UpstreamWork.Gathered gathered;

    UpstreamPacking(Catalogue catalogue, Builder compiler, UpstreamWork work, UpstreamWork.Gathered gathered) {
        this.catalogue = catalogue;
        this.compiler = compiler;
        this.work = work;
        this.gathered = gathered;
    }

    /** Fills a directory and locks it. */
    void pack(Path making) throws IOException, InterruptedException {
        Assembly assembly = new Assembly(making, catalogue, work.compiled());
        for (Architecture architecture : work.architectures()) {
            assembly.add(architecture, there(gathered.compiled(), architecture));
            for (Upstream.ReleaseFile file : work.files(architecture)) {
                Downloads.Fetched fetched = there(gathered.files(), file.name());
                assembly.addDownload(file.name(), fetched);
                addBinaries(assembly, architecture, file, fetched);
            }
            for (Catalogue.Image image : work.released()) {
                assembly.addImage(
                        image.name(),
                        work.ref(image),
                        architecture,
                        there(gathered.images(), UpstreamWork.key(image, architecture)));
            }
        }
        for (Map.Entry<String, Upstream.ReleaseFile> manifest : work.manifests().entrySet()) {
            Downloads.Fetched fetched =
                    there(gathered.files(), manifest.getValue().name());
            assembly.addDownload(manifest.getValue().name(), fetched);
            assembly.addManifest(manifest.getKey(), Files.readAllBytes(fetched.file()));
        }
        assembly.finish(
                "upstream",
                work.recipe(),
                work.selection().features(),
                compiler.toolchains(work.compiled(), Set.copyOf(work.architectures())),
                parts(assembly),
                work.release().data());
    }

    private static <K, V> V there(Map<K, V> gathered, K key) {
        return Optional.ofNullable(gathered.get(key)).orElseThrow(() -> new IllegalStateException("no " + key));
    }

    private static void addBinaries(
            Assembly assembly, Architecture architecture, Upstream.ReleaseFile file, Downloads.Fetched fetched)
            throws IOException {
        if (file.binary().isPresent()) {
            assembly.addBinary(file.binary().get(), architecture, new FileTree.OnDisk(fetched.file()));
            return;
        }
        Map<String, String> missing = new TreeMap<>();
        file.members().forEach((binary, path) -> missing.put(path, binary));
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(fetched.file())))) {
            TarReader reader = new TarReader(in);
            for (Optional<TarReader.Entry> entry = reader.next();
                    entry.isPresent() && !missing.isEmpty();
                    entry = reader.next()) {
                String binary =
                        entry.get().type() == '0' ? missing.remove(entry.get().path()) : null;
                if (binary != null) {
                    assembly.addBinary(
                            binary, architecture, new FileTree.Bytes(entry.get().content()));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new BundleException(
                    BundleException.Code.BUILD_FAILED,
                    file.name() + " does not hold " + String.join(", ", missing.keySet()),
                    "It is not laid out as its releases are known to be; please report it with the version.");
        }
    }

    private List<Lock.PartEntry> parts(Assembly assembly) {
        Map<String, Set<String>> origins = new TreeMap<>();
        for (Architecture architecture : work.architectures()) {
            work.files(architecture).forEach(file -> origin(origins, file.part(), file.name()));
        }
        work.manifests().values().forEach(file -> origin(origins, file.part(), file.name()));
        work.released().forEach(image -> origin(origins, image.part(), image.repository()));
        Map<String, Lock.PartEntry> parts = new TreeMap<>();
        assembly.compiledParts().forEach(part -> parts.put(part.name(), part));
        origins.forEach((part, sourceNames) -> parts.put(
                part,
                new Lock.PartEntry(
                        part,
                        work.release().version(part),
                        catalogue.part(part).licence(),
                        String.join(", ", sourceNames),
                        "")));
        return List.copyOf(parts.values());
    }

    private static void origin(Map<String, Set<String>> origins, String part, String name) {
        origins.computeIfAbsent(part, any -> new TreeSet<>()).add(name.substring(0, name.indexOf('/')));
    }
}
