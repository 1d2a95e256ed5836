package io.kubewright.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a program of this machine to its end. */
record Command(List<String> words, Map<String, String> environment, Duration deadline) {
    /** How a program ended: its exit status and what it printed on both streams. */
    record Result(int code, String output) {}

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), Duration.ofSeconds(60));
    }

    static Command of(List<String> words) {
        return new Command(List.copyOf(words), Map.of(), Duration.ofSeconds(60));
    }

    Command within(Duration limit) {
        return new Command(words, environment, limit);
    }

    Command with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(more);
        return new Command(words, all, deadline);
    }

    /** In its own session and the cgroups of that list, so that it can be found and ended after this program is killed. */
    Command inside(StateDirectory directory, Path cgroups) {
        List<String> all = new ArrayList<>(
                List.of("setsid", "--wait", "sh", directory.script("join.sh").toString(), cgroups.toString()));
        all.addAll(words);
        return new Command(List.copyOf(all), environment, deadline);
    }

    /** The output, when it ends with 0. */
    String run() {
        return run(line -> {});
    }

    String run(Consumer<String> lines) {
        Result result = result(lines);
        if (result.code() != 0) {
            throw LabException.failed(
                    "`" + String.join(" ", words) + "` ended with " + result.code() + ": " + tail(result.output()),
                    "`kubewright lab down` clears what is half made; then try again.");
        }
        return result.output();
    }

    Result result() {
        return result(line -> {});
    }

    Result result(Consumer<String> lines) {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            builder.environment().putAll(environment);
            builder.environment().put("LC_ALL", "C");
            process = builder.start();
        } catch (IOException e) {
            throw new LabException(
                    LabException.Code.FAILED,
                    "cannot run " + words.getFirst() + ": " + e.getMessage(),
                    "Install the package that holds it.",
                    e);
        }
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> output.complete(drain(process, lines)));
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw LabException.failed(
                        "`" + String.join(" ", words) + "` did not end within " + deadline.toSeconds() + " s",
                        "Look at what holds it, then try again.");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException(
                    LabException.Code.FAILED, "interrupted", "`kubewright lab down` clears what is half made.", e);
        }
        return new Result(process.exitValue(), output.join());
    }

    private static String drain(Process process, Consumer<String> lines) {
        StringBuilder all = new StringBuilder();
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                all.append(line).append('\n');
                lines.accept(line);
            }
        } catch (IOException | UncheckedIOException e) {
            all.append("(output lost: ").append(e.getMessage()).append(")\n");
        }
        return all.toString();
    }

    private static String tail(String output) {
        List<String> lines = Arrays.asList(output.strip().split("\n"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }
}
