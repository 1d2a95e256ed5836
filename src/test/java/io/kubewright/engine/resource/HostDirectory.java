package io.kubewright.engine.resource;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A host that is a directory: fragments really run in dash with the product's prelude, every absolute path of theirs
 * moved below the directory. Programs that would reach the machine itself are played by small scripts in bin.
 */
public final class HostDirectory {
    private static final List<String> MOVED = List.of(
            "/etc/",
            "/proc/",
            "/sys/",
            "/lib/modules/",
            "/lib/sysctl.d",
            "/usr/lib/sysctl.d",
            "/run/",
            "/var/lib/",
            "/var/log/",
            "/usr/local/",
            "/opt/");

    private final Path root;

    public HostDirectory(Path root) throws IOException {
        this.root = root;
        for (String each : List.of("bin", "tmp", "run", "state/blobs", "etc", "proc", "sys")) {
            Files.createDirectories(root.resolve(each));
        }
    }

    public Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    public HostDirectory file(String absolute, String content) throws IOException {
        Files.createDirectories(path(absolute).getParent());
        Files.writeString(path(absolute), content);
        return this;
    }

    public HostDirectory blob(String sha256, String content) throws IOException {
        Files.writeString(root.resolve("state/blobs").resolve(sha256), content);
        return this;
    }

    public boolean holdsBlob(String sha256) {
        return Files.exists(root.resolve("state/blobs").resolve(sha256));
    }

    /** A program that notes how it was called in bin/NAME.calls and then runs the body. */
    public HostDirectory program(String name, String body) throws IOException {
        Path program = root.resolve("bin").resolve(name);
        Files.writeString(program, "#!/bin/sh\necho \"$*\" >>\"$0.calls\"\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return this;
    }

    public List<String> calls(String name) throws IOException {
        Path calls = root.resolve("bin").resolve(name + ".calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    public String read(String absolute) throws IOException {
        return Files.readString(path(absolute));
    }

    public boolean exists(String absolute) {
        return Files.exists(path(absolute));
    }

    public String probe(HostResource resource) {
        return run(resource.probe()).output().replace(root.toString(), "");
    }

    /** Probes, applies and probes again, as the engine does; gives the last probe. */
    public String apply(HostResource resource) {
        Result result = run(resource.apply(probe(resource), new Outputs()));
        if (result.status() != 0) {
            throw new AssertionError("apply failed: " + result.output() + result.errors());
        }
        return probe(resource);
    }

    /** How a fragment ended. */
    public record Result(int status, String output, String errors) {}

    public Result run(String fragment) {
        String moved = fragment;
        for (String each : MOVED) {
            // Only where a path begins: not within one that was moved already.
            moved = moved.replaceAll("(?<![A-Za-z0-9_.$}*)-])" + each, root + each);
        }
        String script = prelude()
                + "KW_STATE=%1$s/state KW_BLOBS=%1$s/state/blobs KW_TMP=%1$s/tmp KW_STEP=test@test KW_MARK=m KW_RUN=r\n"
                        .formatted(root)
                + "PATH=" + root + "/bin:$PATH\nexec 3>/dev/null\n(\nset -eu\n" + moved + "\n) </dev/null\n";
        try {
            Path errors = root.resolve("tmp/errors");
            Process process = new ProcessBuilder("dash", "-s")
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output, Files.readString(errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String prelude() {
        try (InputStream in = HostResource.class.getResourceAsStream("prelude.sh")) {
            if (in == null) {
                throw new IllegalStateException("the engine has no prelude.sh");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
