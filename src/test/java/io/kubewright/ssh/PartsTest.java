package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small parts that need no server. */
class PartsTest {
    @ParameterizedTest
    @CsvSource({
        "bastion,,bastion,",
        "admin@bastion,admin,bastion,",
        "admin@bastion:2222,admin,bastion,2222",
        "ssh://admin@bastion:2222,admin,bastion,2222",
        "[2001:db8::1]:22,,2001:db8::1,22",
        "[2001:db8::1],,2001:db8::1,",
        "2001:db8::1,,2001:db8::1,",
        "me@corp@bastion,me@corp,bastion,",
    })
    void jumpsAreReadAsOpenSshDoes(String text, String user, String host, Integer port) {
        assertThat(Hop.parse(text)).isEqualTo(new Hop(host, Optional.ofNullable(user), Optional.ofNullable(port)));
    }

    @Test
    void configurationKeepsOrderAndSplitsKnownHosts() {
        Surroundings surroundings = new Surroundings(Path.of("/home/me"), Optional.empty(), Optional.empty());
        OpenSshConfiguration found = OpenSshConfiguration.parse("""
                user admin
                identityfile ~/.ssh/one
                identityfile /keys/with space
                userknownhostsfile ~/.ssh/known_hosts /other
                """);
        assertThat(found.first("user")).contains("admin");
        assertThat(found.first("port")).isEmpty();
        assertThat(found.paths("identityfile", surroundings))
                .containsExactly(Path.of("/home/me/.ssh/one"), Path.of("/keys/with space"));
        assertThat(found.paths("userknownhostsfile", surroundings))
                .containsExactly(Path.of("/home/me/.ssh/known_hosts"), Path.of("/other"));
    }

    @Test
    void theTailKeepsTheLastBytes() {
        Tail tail = new Tail(5);
        for (String part : List.of("ab", "cd", "", "efg", "h")) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            tail.add(bytes, 0, bytes.length);
        }
        assertThat(tail.text()).isEqualTo("defgh");
        byte[] longer = "0123456789".getBytes(StandardCharsets.UTF_8);
        tail.add(longer, 0, longer.length);
        assertThat(tail.text()).isEqualTo("56789");
    }

    @Test
    void errorsBeforeTheMarkAreNotTheScripts() {
        Markers markers = Markers.random();
        ErrorStream errors = new ErrorStream(markers);
        String all = "careful\n" + markers.prompt() + "Sorry\n" + markers.prompt() + markers.word() + "\nreal\n";
        int prompts = 0;
        for (byte each : all.getBytes(StandardCharsets.UTF_8)) {
            errors.add(new byte[] {each});
            prompts += errors.takePrompt() ? 1 : 0;
        }
        assertThat(prompts).isEqualTo(2);
        assertThat(errors.text()).isEqualTo("real\n");
        assertThat(errors.before()).isEqualTo("careful\nSorry");
    }

    @Test
    void theFixedCommandsReadAlikeInEveryLoginShell() {
        Markers markers = Markers.random();
        for (String command : List.of(markers.command(), markers.sudoCommand())) {
            assertThat(command).doesNotContain("\\", "!", "\n");
            assertThat(command.chars().filter(each -> each == '\'')).hasSize(2);
        }
        assertThat(markers.userId(markers.word() + " 1000")).contains("1000");
        assertThat(markers.userId("x" + markers.word() + " 0")).isEmpty();
    }

    @Test
    void theGateLearnsALowerLimit() throws Exception {
        ChannelGate gate = new ChannelGate(4);
        Deadline soon = Deadline.in(Duration.ofMillis(50));
        gate.enter(soon);
        gate.enter(soon);
        gate.enter(soon);
        assertThat(gate.refused()).isEqualTo(2);
        assertThatThrownBy(() -> gate.enter(Deadline.in(Duration.ofMillis(20)))).isInstanceOf(TimeoutException.class);
        gate.leave();
        gate.enter(Deadline.in(Duration.ofMillis(20)));
    }

    @Test
    void aPasswordIsAskedForAgainOnlyWhileNoHostHasAcceptedIt() throws Exception {
        List<String> prompts = new ArrayList<>();
        SudoPassword password = new SudoPassword(prompt -> {
            prompts.add(prompt);
            return Optional.of(Secret.of("try " + prompts.size()));
        });
        Secret first = password.next("n1", "admin", Optional.empty()).orElseThrow();
        assertThat(password.next("n2", "admin", Optional.empty())).containsSame(first);
        Secret second = password.next("n1", "admin", Optional.of(first)).orElseThrow();
        assertThat(password.next("n2", "admin", Optional.of(first))).containsSame(second);
        password.accepted(second);
        assertThat(password.next("n3", "admin", Optional.of(second))).isEmpty();
        assertThat(prompts).hasSize(2);
    }

    @Test
    void uploadsTakeOnlyAbsolutePathsOfFiles() {
        for (String path : List.of("relative", "/directory/", "/line\nfeed")) {
            assertThatThrownBy(() -> new Upload(Path.of("x"), "0", path)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new Upload(Path.of("x"), "0", "/it's here/f").line())
                .contains("mkdir -p -- '/it'\\''s here'")
                .doesNotContain("\n");
    }

    @Test
    void signalsAreReportedAsShellsDo() {
        assertThat(Signals.exitCode("KILL")).isEqualTo(137);
        assertThat(Signals.exitCode("WHATEVER")).isEqualTo(255);
    }
}
