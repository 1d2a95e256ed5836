package io.kubewright.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of {@code lock.json}: every file of a bundle by digest, and what made it. Holds no time, no path outside the
 * bundle and nothing of the machine but the versions of its compilers, so that equal inputs give equal bytes.
 *
 * @param schema {@link #SCHEMA}
 * @param source {@code source}, {@code upstream} or {@code directory}
 * @param recipe hash over catalogue, module sums and toolchain: the cache key of the whole
 * @param toolchain what compiled it, by role ({@code go}, {@code cc}, {@code debian-13})
 * @param downloads the release files that were fetched; empty for what is built from source
 */
record Lock(
        String schema,
        String source,
        String recipe,
        List<String> features,
        List<String> architectures,
        Map<String, String> toolchain,
        List<PartEntry> parts,
        List<FileEntry> files,
        List<NamedEntry> binaries,
        List<ImageEntry> images,
        List<NamedEntry> manifests,
        List<PackageEntry> packages,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<DownloadEntry> downloads,

        BundleData data) {
    static final String SCHEMA = "kubewright.io/bundle-lock/v1";
    static final String FILE = "lock.json";

    /** @param modules SHA-256 of the part's go.sum; empty for a part that has none */
    record PartEntry(String name, String version, String licence, String origin, String modules) {}

    /** @param path relative to the bundle, with slashes */
    record FileEntry(String path, String sha256, long size) {}

    /** A name callers use and the file behind it; {@code architecture} is empty for a manifest. */
    record NamedEntry(String name, String architecture, String path) {}

    record ImageEntry(String name, String ref, String architecture, String manifest, String config, String path) {}

    record PackageEntry(
            String distribution,
            String architecture,
            String set,
            String name,
            String version,
            boolean wanted,
            String path) {}

    /** @param name the file's name with its source's: {@code dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet} */
    record DownloadEntry(String name, String sha256, long size) {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    byte[] bytes() {
        var lines = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
        return (JSON.writer().with(printer).writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** @throws BundleException when there is no lock, or not one that this version understands */
    static Lock read(Path directory) {
        return readFile(directory.resolve(FILE));
    }

    static Lock readFile(Path file) {
        try {
            Lock lock = parse(file, Files.readAllBytes(file));
            if (!lock.schema().equals(SCHEMA)) {
                throw notABundle(file, "its schema is " + lock.schema() + ", not " + SCHEMA);
            }
            for (FileEntry entry : lock.files()) {
                Path inside = Path.of(entry.path());
                if (inside.isAbsolute() || !inside.normalize().equals(inside) || inside.startsWith("..")) {
                    throw notABundle(file, "it names " + entry.path() + ", which lies outside");
                }
            }
            return lock;
        } catch (IOException unreadable) {
            throw notABundle(file, "it cannot be read (" + unreadable + ")");
        }
    }

    static Lock parse(Path file, byte[] content) {
        try {
            return JSON.readValue(content, Lock.class);
        } catch (JacksonException malformed) {
            throw notABundle(file, malformed.getOriginalMessage());
        }
    }

    private static BundleException notABundle(Path file, String why) {
        return new BundleException(
                BundleException.Code.NOT_A_BUNDLE,
                file + ": not the lock of a bundle: " + why,
                "Build one with `kubewright bundle build`, or name the directory of one under `bundle:`.");
    }
}
