package io.kubewright.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scripts of the last look at a cluster's hosts, kept beside its journal for {@link EarlyLooks}. They hold no secret, and what
 * is lost, spoilt or of another file costs a second and nothing else.
 */
public final class LastLook {
    /** With more hosts the first round trip is no longer what one waits for. */
    private static final int MOST_HOSTS = 100;

    private final Path directory;
    private final String key;

    /** @param key one line that is equal for looks that are likely to be equal */
    public LastLook(Path directory, String key) {
        this.directory = directory;
        this.key = "# " + key + "\n";
    }

    /** By host; nothing for hosts of which there is none with this key. */
    public Map<String, String> read(List<String> hosts) {
        Map<String, String> scripts = new TreeMap<>();
        if (hosts.size() > MOST_HOSTS) {
            return scripts;
        }
        for (String host : hosts) {
            try {
                String text = Files.readString(file(host));
                if (text.startsWith(key)) {
                    scripts.put(host, text.substring(key.length()));
                }
            } catch (IOException | UncheckedIOException _) {
                // A look like the first one.
            }
        }
        return scripts;
    }

    /** Keeps what differs from what is there. */
    public void write(Map<String, String> scripts) {
        if (scripts.size() > MOST_HOSTS) {
            return;
        }
        Map<String, String> before = read(List.copyOf(scripts.keySet()));
        scripts.forEach((host, script) -> {
            if (!script.equals(before.get(host))) {
                write(host, script);
            }
        });
    }

    private void write(String host, String script) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path temporary = Files.createTempFile(directory, host, ".new");
            Files.write(temporary, (key + script).getBytes(StandardCharsets.UTF_8));
            Files.move(temporary, file(host), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // The journal says when this directory cannot be written.
        }
    }

    private Path file(String host) {
        return directory.resolve(host + ".sh");
    }
}
