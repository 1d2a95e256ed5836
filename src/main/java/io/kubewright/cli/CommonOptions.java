package io.kubewright.cli;

import io.kubewright.engine.PathPattern;
import io.kubewright.engine.PathSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The options that every command takes, before or after its name. There is one of these; commands get it by {@link Context}. */
final class CommonOptions {
    static final Path DEFAULT_FILE = Path.of("cluster.yaml");

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The cluster file; ./cluster.yaml when not given.")
    private @Nullable Path file;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "One JSON document on standard output (apply: one event a line); people's text goes to"
                    + " standard error.")
    private boolean json;

    @Option(names = "--yes", scope = ScopeType.INHERIT, description = "Do not ask before acting.")
    private boolean yes;

    @Option(
            names = "--only",
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            converter = PathPatternConverter.class,
            description = "Only this path and everything under it; * within a segment, ** across, @TARGET at the end"
                    + " for one host. May be repeated.")
    private List<PathPattern> only = new ArrayList<>();

    @Option(
            names = "--skip",
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            converter = PathPatternConverter.class,
            description = "Not this path, nor anything under it. May be repeated.")
    private List<PathPattern> skip = new ArrayList<>();

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show more: output of steps, whole diffs, log messages. Twice: the libraries' debug log.")
    private boolean[] verbose = new boolean[0];

    /** The cluster file that was named, or the default one. */
    Path file() {
        return namedFile().orElse(DEFAULT_FILE);
    }

    /** The cluster file, when it was named. */
    Optional<Path> namedFile() {
        return Optional.ofNullable(file);
    }

    boolean json() {
        return json;
    }

    boolean yes() {
        return yes;
    }

    PathSelection selection() {
        return new PathSelection(only, skip);
    }

    /** How often {@code -v} was given. */
    int verbosity() {
        return verbose.length;
    }

    /** Reads {@code --only} and {@code --skip}. */
    static final class PathPatternConverter implements ITypeConverter<PathPattern> {
        @Override
        public PathPattern convert(String value) {
            try {
                return PathPattern.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
