package io.kubewright.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A host that is a directory: scripts really run in this machine's sh, with the state kept under that directory. */
final class LocalTarget implements Target {
    private final String name;
    final Path root;
    volatile int runs;

    LocalTarget(String name, Path root) {
        this.name = name;
        this.root = root;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ScriptResult run(String script, Duration deadline, Consumer<String> onLine) throws InterruptedException {
        runs++;
        try {
            Files.createDirectories(root.resolve("run"));
            String here = script.replace(
                            "/var/lib/kubewright", root.resolve("state").toString())
                    .replace("/run/kubewright", root.resolve("run/kubewright").toString());
            Path errors = Files.createTempFile(root, "stderr", "");
            Process process = new ProcessBuilder("sh", "-s")
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().write(here.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            StringBuilder out = new StringBuilder();
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                String line;
                while ((line = reader.readLine()) != null) {
                    out.append(line).append('\n');
                    onLine.accept(line);
                }
            }
            return new ScriptResult(process.waitFor(), out.toString(), Files.readString(errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void upload(Path file, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes) {
        Path to = Path.of(
                remotePath.replace("/var/lib/kubewright", root.resolve("state").toString()));
        try {
            Files.createDirectories(to.getParent());
            Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            onBytes.accept(Files.size(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A fleet of this host. */
    Targets alone() {
        return new Targets() {
            @Override
            public List<String> names() {
                return List.of(name);
            }

            @Override
            public Target get(String wanted) {
                return LocalTarget.this;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
