package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyLooksTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final List<String> waiting = Collections.synchronizedList(new ArrayList<>());
    private LocalTarget host;
    private Targets targets;

    @BeforeEach
    void oneHost() throws IOException {
        host = new LocalTarget("n1", Files.createDirectory(directory.resolve("n1")));
        targets = host.alone();
    }

    private record Says(String probe) implements HostResource {
        @Override
        public StepId id() {
            return StepId.parse("t/says@n1");
        }

        @Override
        public Set<StepId> needs() {
            return Set.of();
        }

        @Override
        public String desired(String observed) {
            return "";
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return "";
        }

        @Override
        public String undo() {
            return "";
        }
    }

    /** A step whose state is what is in a file, as seen now. */
    private Says content(String name) {
        return new Says("cat %s\n".formatted(directory.resolve(name)));
    }

    private String seen(EarlyLooks early, HostResource resource) throws InterruptedException {
        Survey survey = Survey.of(targets, List.of(resource), _ -> true, waiting::add, new Look(), early);
        assertThat(survey.unreachable()).isEmpty();
        return switch (survey.observations().get(resource.id())) {
            case Observation.Known(String text, String _) -> text.strip();
            case null -> "blind: " + survey.blind();
            default -> throw new AssertionError();
        };
    }

    private Map<String, String> scripts(HostResource resource) throws InterruptedException {
        try (EarlyLooks none = EarlyLooks.none()) {
            seen(none, resource);
            return none.scripts();
        }
    }

    @Test
    void theLookThatWasBegunIsTheLook() throws Exception {
        Path file = Files.writeString(directory.resolve("a"), "first");
        Map<String, String> scripts = scripts(content("a"));
        int before = host.runs;

        try (EarlyLooks early = EarlyLooks.begin(targets, scripts, DEADLINE)) {
            assertThat(seen(early, content("a"))).isEqualTo("first");
            assertThat(host.runs).as("one script, not two").isEqualTo(before + 1);
            assertThat(early.scripts()).isEqualTo(scripts);

            Files.writeString(file, "second");
            assertThat(seen(early, content("a"))).as("it is used once").isEqualTo("second");
        }
    }

    @Test
    void anotherScriptIsNotBelieved() throws Exception {
        Files.writeString(directory.resolve("a"), "of a");
        Files.writeString(directory.resolve("b"), "of b");
        Map<String, String> scripts = scripts(content("a"));

        try (EarlyLooks early = EarlyLooks.begin(targets, scripts, DEADLINE)) {
            assertThat(seen(early, content("b"))).isEqualTo("of b");
            assertThat(early.scripts()).isNotEqualTo(scripts);
        }
    }

    @Test
    void oneThatHadToWaitIsPutAgainAndSaysSo() throws Exception {
        Files.writeString(directory.resolve("a"), "before");
        Map<String, String> scripts = scripts(content("a"));
        Path state = Files.createDirectories(host.root.resolve("state"));
        Process acting = new ProcessBuilder(
                        "flock",
                        "-x",
                        state.resolve("lock").toString(),
                        "sh",
                        "-c",
                        "echo held; read line; echo after >$0",
                        directory.resolve("a").toString())
                .start();
        assertThat(acting.inputReader().readLine()).isEqualTo("held");
        Thread releasing = Thread.ofVirtual().start(() -> {
            try {
                while (waiting.isEmpty()) {
                    Thread.sleep(20);
                }
                acting.getOutputStream().close();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (EarlyLooks early = EarlyLooks.begin(targets, scripts, DEADLINE)) {
            assertThat(seen(early, content("a"))).isEqualTo("after");
            releasing.join();
        } finally {
            acting.destroy();
        }
    }

    @Test
    void oneThatFailsFailsAsAnyLook() throws Exception {
        Files.writeString(directory.resolve("a"), "there");
        Map<String, String> scripts = scripts(content("a"));
        Files.move(host.root.resolve("run"), host.root.resolve("gone"));
        Files.writeString(host.root.resolve("run"), "no directory");

        try (EarlyLooks early = EarlyLooks.begin(targets, scripts, DEADLINE)) {
            Survey survey = Survey.of(targets, List.of(content("a")), _ -> true, waiting::add, new Look(), early);
            assertThat(survey.unreachable()).containsOnlyKeys("n1");
            assertThat(host.runs).as("it is not tried again in silence").isEqualTo(2);
        }
    }

    @Test
    void isKeptForTheSameFileAlone() throws Exception {
        Path kept = directory.resolve("kept");
        LastLook last = new LastLook(kept, "of this file");
        last.write(Map.of("n1", "echo one\n", "n2", "echo two\n"));

        assertThat(last.read(List.of("n1", "n2", "n3")))
                .containsOnlyKeys("n1", "n2")
                .containsEntry("n1", "echo one\n");
        assertThat(new LastLook(kept, "of another").read(List.of("n1", "n2"))).isEmpty();
        assertThat(Files.getPosixFilePermissions(kept.resolve("n1.sh"))).hasSize(2);
        assertThat(Files.getPosixFilePermissions(kept)).hasSize(3);

        Files.write(kept.resolve("n1.sh"), new byte[] {(byte) 0xff, 0});
        assertThat(last.read(List.of("n1", "n2"))).containsOnlyKeys("n2");
    }
}
