package io.kubewright.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.StepId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunViewTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void withoutATerminalNothingMoves() {
        show(RunView.Mode.LINES);
        assertThat(text()).doesNotContain("\u001b").contains("[n1] host/sysctl done 0.3 s\n");
    }

    @Test
    void jsonIsOneEventALine() {
        show(RunView.Mode.JSON);
        List<String> lines = text().lines().toList();
        assertThat(lines).hasSameSizeAs(Samples.events());
        for (String line : lines) {
            JsonNode node = JsonMapper.builder().build().readTree(line);
            assertThat(node.path("schema").asString()).isEqualTo("kubewright.io/event/v1");
            assertThat(node.path("when").asString()).isEqualTo("2026-11-22T10:00:00Z");
        }
        Golden.check("events.jsonl", text());
    }

    /** A terminal in small plays what was written: at the end only the lines that stay are left on it. */
    @Test
    void onATerminalOnlyWhatStaysIsLeft() {
        show(RunView.Mode.LIVE);
        List<String> screen = new ArrayList<>();
        Matcher piece =
                Pattern.compile("\u001b\\[(\\d+)A\r\u001b\\[J|([^\n]*)\n").matcher(text());
        int moved = 0;
        while (piece.find()) {
            if (piece.group(1) != null) {
                moved++;
                int up = Integer.parseInt(piece.group(1));
                assertThat(up).isLessThanOrEqualTo(screen.size());
                screen.subList(screen.size() - up, screen.size()).clear();
            } else {
                screen.add(piece.group(2));
            }
        }
        assertThat(moved).isGreaterThan(3);
        assertThat(String.join("\n", screen))
                .contains("[n1] host/sysctl done 0.3 s", "[n2] host/packages FAILED with code 100")
                .contains("failed after 3 min 12 s: 1 done, 1 skipped, 1 failed, 1 refused")
                .doesNotContain("2 failed:")
                .doesNotContain("net.ipv4.ip_forward");
    }

    @Test
    void afterTheEndItIsSilent() {
        RunView view = open(RunView.Mode.LINES);
        view.close();
        view.on(new RunEvent.StepDone(StepId.parse("host/swap@n1"), 1));
        assertThat(text()).isEmpty();
    }

    private void show(RunView.Mode mode) {
        try (RunView view = open(mode)) {
            Samples.events().forEach(view::on);
        }
    }

    private RunView open(RunView.Mode mode) {
        return RunView.open(
                mode,
                new PrintStream(bytes, false, UTF_8),
                false,
                false,
                () -> 80,
                Clock.fixed(Samples.WHEN, ZoneOffset.UTC));
    }

    private String text() {
        return bytes.toString(UTF_8);
    }
}
