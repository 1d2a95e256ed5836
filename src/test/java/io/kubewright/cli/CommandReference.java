package io.kubewright.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The reference of the command line as Markdown, made from the commands themselves. */
final class CommandReference {
    private static final Set<String> EVERYWHERE = Set.of("--help", "--version");

    private CommandReference() {}

    static String of(CommandLine root) {
        StringBuilder text = new StringBuilder("""
                # The command line

                Generated from the commands; `CommandReferenceTest` holds it to them.

                """);
        CommandSpec spec = root.getCommandSpec();
        text.append(String.join("\n", spec.usageMessage().description())).append("\n\n");
        text.append("## Options of every command\n\nThey stand before or after its name.\n\n");
        options(spec.options(), text);
        text.append("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
        spec.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> text.append("| ")
                        .append(code.strip())
                        .append(" | ")
                        .append(meaning)
                        .append(" |\n"));
        commands(root, 2, text);
        return text.toString();
    }

    private static void commands(CommandLine parent, int level, StringBuilder text) {
        parent.getSubcommands().values().stream().distinct().forEach(command -> {
            CommandSpec spec = command.getCommandSpec();
            text.append("\n")
                    .append("#".repeat(level))
                    .append(" ")
                    .append(spec.qualifiedName())
                    .append("\n\n");
            text.append(String.join("\n", spec.usageMessage().description())).append("\n");
            List<OptionSpec> own = spec.options().stream()
                    .filter(option -> !option.inherited())
                    .filter(option -> !EVERYWHERE.contains(option.longestName()))
                    .toList();
            List<PositionalParamSpec> positional = spec.positionalParameters();
            if (!own.isEmpty() || !positional.isEmpty()) {
                text.append("\n");
                positional.forEach(each -> line(each.paramLabel(), each.description(), text));
                options(own, text);
            }
            String footer = String.join("\n", spec.usageMessage().footer())
                    .replace("%n", "")
                    .strip();
            if (!footer.isEmpty()) {
                text.append("\n").append(footer).append("\n");
            }
            commands(command, level + 1, text);
        });
    }

    private static void options(List<OptionSpec> options, StringBuilder text) {
        for (OptionSpec option : options) {
            List<String> names = new ArrayList<>(Arrays.asList(option.names()));
            String label = option.typeInfo().isBoolean() || option.arity().max() == 0 ? "" : " " + option.paramLabel();
            line(String.join(", ", names) + label, option.description(), text);
        }
    }

    private static void line(String name, String[] description, StringBuilder text) {
        text.append("- `")
                .append(name)
                .append("`: ")
                .append(String.join(" ", description))
                .append("\n");
    }
}
