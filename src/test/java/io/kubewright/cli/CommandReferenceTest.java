package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

class CommandReferenceTest {
    private static final Path FILE = Path.of("docs/reference/cli.md");

    private final CommandLine root = Main.commandLine(Terminal.plain(System.out, System.err), new FakeWork());

    @Test
    void theReferenceIsWhatTheCommandsSay() throws IOException {
        String generated = CommandReference.of(root);
        if (System.getProperty("kubewright.golden", "").equals("write")) {
            Files.writeString(FILE, generated);
        }
        assertThat(generated)
                .as("%s; rewrite it with: mvn test -Dtest=CommandReferenceTest -Dkubewright.golden=write", FILE)
                .isEqualTo(Files.readString(FILE));
    }

    @TestFactory
    Stream<DynamicTest> everyCommandIsDescribedAndTakesTheCommonOptions() {
        return all(root)
                .map(command -> DynamicTest.dynamicTest(command.getCommandSpec().qualifiedName(), () -> {
                    assertThat(command.getCommandSpec().usageMessage().description())
                            .isNotEmpty();
                    assertThat(command.getCommandSpec().options())
                            .allSatisfy(option -> assertThat(option.description())
                                    .as(option.longestName())
                                    .isNotEmpty());
                    assertThat(command.getCommandSpec().optionsMap())
                            .containsKeys("-f", "--json", "--yes", "--only", "--skip", "-v", "--help");
                }));
    }

    private static Stream<CommandLine> all(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().distinct().flatMap(CommandReferenceTest::all));
    }
}
