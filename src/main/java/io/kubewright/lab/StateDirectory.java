package io.kubewright.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The lab's files: everything a lab is made of lies under one directory that only root may enter. */
record StateDirectory(Path root) {
    static final StateDirectory DEFAULT = new StateDirectory(Path.of("/var/lib/kubewright-lab"));

    private static final List<String> SCRIPTS =
            List.of("join.sh", "host.sh", "disk.sh", "machine.sh", "root-filesystem.sh");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
            .build();

    Path state() {
        return root.resolve("lab.json");
    }

    Path overlay() {
        return root.resolve("overlay.json");
    }

    Path sharedSettings() {
        return root.resolve("shared-settings.json");
    }

    Path key() {
        return root.resolve("key");
    }

    Path knownHosts() {
        return root.resolve("known_hosts");
    }

    Path scripts() {
        return root.resolve("scripts");
    }

    Path script(String name) {
        return scripts().resolve(name);
    }

    Path names() {
        return root.resolve("names");
    }

    Path cgroups(String purpose) {
        return root.resolve(purpose + ".cgroups");
    }

    Path host(String name) {
        return root.resolve("hosts").resolve(name);
    }

    boolean exists() {
        return Files.exists(root, LinkOption.NOFOLLOW_LINKS);
    }

    void create() {
        try {
            Files.createDirectories(root);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(scripts());
            for (String name : SCRIPTS) {
                try (InputStream in = Objects.requireNonNull(StateDirectory.class.getResourceAsStream(name), name)) {
                    // A running shell reads its script bit by bit: never write into the old file.
                    write(script(name), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw LabException.storage("cannot make " + root, e);
        }
    }

    /** The state of the lab; empty when there is none that can be read. */
    Optional<LabState> read() {
        return read(state(), LabState.class).filter(state -> state.schema().equals(LabState.SCHEMA));
    }

    <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), type));
        } catch (NoSuchFileException | JacksonException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw LabException.storage("cannot read " + file, e);
        }
    }

    void write(LabState state) {
        writeJson(state(), state);
    }

    void writeJson(Path file, Object value) {
        write(file, JSON.writeValueAsString(value) + "\n");
    }

    /** Replaces a file as a whole and on the disk: a kill leaves the old one or the new one. */
    void write(Path file, String content) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw LabException.storage("cannot write " + file, e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
