package io.kubewright.bundle;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program to run on this machine. It is ended with all its children when the calling thread is interrupted.
 *
 * @param environment the whole of it; nothing is inherited but what is named
 */
record Program(@Nullable Path directory, Map<String, String> environment, List<String> command) {
    private static final int LINES_OF_ERROR = 30;

    /** What a program needs of the caller's environment to run at all and to reach a network. */
    static Map<String, String> plainEnvironment() {
        Map<String, String> environment = new TreeMap<>();
        for (String name : List.of(
                "PATH",
                "HOME",
                "USER",
                "TMPDIR",
                "HTTP_PROXY",
                "HTTPS_PROXY",
                "NO_PROXY",
                "http_proxy",
                "https_proxy",
                "no_proxy",
                "SSL_CERT_FILE",
                "SSL_CERT_DIR")) {
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TZ", "UTC");
        return environment;
    }

    /** Where a program of this name lies on the PATH. */
    static Optional<Path> find(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator, -1))
                .filter(each -> !each.isEmpty())
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Runs it and returns its standard output without the closing line break.
     *
     * @throws BundleException {@code BUILD_FAILED} with the end of what it wrote
     */
    String run(String doing) throws InterruptedException {
        return new String(bytes(doing), StandardCharsets.UTF_8).stripTrailing();
    }

    private byte[] bytes(String doing) throws InterruptedException {
        try {
            Path errors = Files.createTempFile("kubewright-", ".err");
            try {
                return run(doing, errors);
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException failed) {
            throw failed(doing, "it could not be started (" + failed.getMessage() + ")", failed);
        }
    }

    private byte[] run(String doing, Path errors) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectError(errors.toFile());
        Path output = Files.createTempFile("kubewright-", ".out");
        try {
            builder.redirectOutput(output.toFile());
            Process process = builder.start();
            try {
                int status = process.waitFor();
                if (status != 0) {
                    throw failed(doing, "it ended with status " + status + tail(errors), null);
                }
            } catch (InterruptedException interrupted) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw interrupted;
            }
            return Files.readAllBytes(output);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** Takes the standard output of a program as it comes. */
    interface Reader {
        void read(InputStream output) throws IOException;
    }

    /** Runs it while {@code reader} takes its output, of any length. */
    void stream(String doing, Reader reader) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().putAll(environment);
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            Process process = builder.start();
            process.getOutputStream().close();
            try (InputStream output = process.getInputStream()) {
                reader.read(output);
                output.transferTo(java.io.OutputStream.nullOutputStream());
            } finally {
                if (Thread.currentThread().isInterrupted()) {
                    process.destroyForcibly();
                }
            }
            int status = process.waitFor();
            if (status != 0) {
                throw failed(doing, "it ended with status " + status, null);
            }
        } catch (IOException | UncheckedIOException broken) {
            throw failed(doing, broken.toString(), broken);
        }
    }

    private static String tail(Path errors) throws IOException {
        List<String> lines = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("go: downloading"))
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES_OF_ERROR), lines.size()).stream()
                .map(line -> "\n  " + line)
                .reduce(":", String::concat);
    }

    private BundleException failed(String doing, String why, @Nullable Throwable cause) {
        return new BundleException(
                BundleException.Code.BUILD_FAILED,
                doing + ": " + command.getFirst() + ": " + why,
                "Nothing half-made was kept. A download that failed can simply be tried again.",
                cause);
    }
}
