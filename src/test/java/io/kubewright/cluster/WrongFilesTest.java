package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.spec.Problem;
import io.kubewright.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every file in {@code wrong/} has exactly the problems that {@code wrong.tsv} lists for it: line, column, code. After a
 * deliberate change, {@code -Dwrong.print=true} prints the table as it now would be, to be read before it is committed.
 */
class WrongFilesTest {
    private static final Path ROOT = Path.of("src/test/resources/io/kubewright/cluster");

    @TestFactory
    Stream<DynamicTest> everyWrongFileHasItsProblems() throws IOException {
        Map<String, List<String>> table = table();
        return files().map(file -> DynamicTest.dynamicTest(name(file), () -> {
            List<String> found =
                    problems(file).stream().map(problem -> row(file, problem)).toList();
            if (Boolean.getBoolean("wrong.print")) {
                found.forEach(System.out::println);
            }
            assertThat(found).containsExactlyElementsOf(table.getOrDefault(name(file), List.of()));
        }));
    }

    @Test
    void theTableNamesOnlyFilesThatExist() throws IOException {
        List<String> names = files().map(WrongFilesTest::name).toList();
        assertThat(table().keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(names).hasSizeGreaterThanOrEqualTo(40);
    }

    @TestFactory
    Stream<DynamicTest> everyProblemShowsItsLineAndSaysSomething() throws IOException {
        return files().map(file -> DynamicTest.dynamicTest(name(file), () -> {
            List<String> lines = Files.readAllLines(file);
            for (Problem problem : problems(file)) {
                assertThat(problem.line()).isBetween(1, lines.size());
                assertThat(problem.excerpt()).isEqualTo(lines.get(problem.line() - 1));
                assertThat(problem.column()).isBetween(1, problem.excerpt().length() + 1);
                assertThat(problem.message()).isNotBlank();
                if (Boolean.getBoolean("wrong.print")) {
                    System.out.println(problem.render());
                }
            }
        }));
    }

    private static List<Problem> problems(Path file) {
        SpecException thrown = catchThrowableOfType(SpecException.class, () -> ClusterFile.read(file));
        assertThat(thrown).as("%s was accepted", file).isNotNull();
        return thrown.problems();
    }

    private static String row(Path file, Problem problem) {
        return String.join(
                "\t",
                name(file),
                Integer.toString(problem.line()),
                Integer.toString(problem.column()),
                problem.code().word());
    }

    private static Map<String, List<String>> table() throws IOException {
        return Files.readAllLines(ROOT.resolve("wrong.tsv")).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.groupingBy(
                        line -> line.substring(0, line.indexOf('\t')), TreeMap::new, Collectors.toList()));
    }

    private static Stream<Path> files() throws IOException {
        return Files.list(ROOT.resolve("wrong")).sorted();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).replace(".yaml", "");
    }
}
