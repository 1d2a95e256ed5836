package io.kubewright.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
    private static final String TEXT = """
            # comment
            hosts:
              - name: n1
                labels: {rack: a}
              - name: n2
            "a/b": 1
            """;

    @TempDir
    Path directory;

    @Test
    void everyValueAndKeyHasItsPlace() {
        Document document = Document.parse("c.yaml", TEXT);

        assertThat(document.locate(Pointer.parse("/hosts/0/name"))).isEqualTo(new Mark(3, 11));
        assertThat(document.locateKey(Pointer.parse("/hosts/0/name"))).isEqualTo(new Mark(3, 5));
        assertThat(document.locate(Pointer.parse("/hosts/0/labels/rack"))).isEqualTo(new Mark(4, 20));
        assertThat(document.locate(Pointer.parse("/hosts/1"))).isEqualTo(new Mark(5, 5));
        assertThat(document.locate(Pointer.parse("/a~1b"))).isEqualTo(new Mark(6, 8));
    }

    @Test
    void whatIsAbsentIsPlacedAtTheKeyAroundIt() {
        Document document = Document.parse("c.yaml", TEXT);

        assertThat(document.locate(Pointer.parse("/hosts/0/labels/zone"))).isEqualTo(new Mark(4, 5));
        assertThat(document.locate(Pointer.parse("/hosts/7/name"))).isEqualTo(new Mark(2, 1));
        assertThat(document.locate(Pointer.parse("/kubernetes/version"))).isEqualTo(new Mark(2, 1));
    }

    @Test
    void anAliasStandsForAWholeValue() {
        Document document = Document.parse("c.yaml", "a: &x {b: [1, 2]}\nc: *x\n");

        assertThat(CanonicalJson.of(document.root())).hasToString("{\"a\":{\"b\":[1,2]},\"c\":{\"b\":[1,2]}}");
    }

    @Test
    void wordsThatOldYamlTookForBooleansAreTexts() {
        Document document = Document.parse("c.yaml", "[a, off, yes, no, 0755, 1_000, ~, 1:30]".replace("[", "v: ["));

        assertThat(CanonicalJson.of(document.root()))
                .hasToString("{\"v\":[\"a\",\"off\",\"yes\",\"no\",\"0755\",\"1_000\",\"~\",\"1:30\"]}");
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            text.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }

        assertThat(problems(text.toString())).extracting(Problem::code).containsExactly(Code.TOO_DEEP);
    }

    @Test
    void anAliasWithinItselfIsRefused() {
        assertThat(problems("a: &x [*x]\n")).extracting(Problem::code).containsExactly(Code.TOO_DEEP);
    }

    @Test
    void depthIsRefusedBeforeItHurts() {
        assertThat(problems("a: " + "[".repeat(100_000)))
                .extracting(Problem::code)
                .containsExactly(Code.TOO_DEEP);
    }

    @Test
    void bytesThatAreNotTextHaveAPlace() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', '1', '\n', 'b', ':', ' ', (byte) 0xff, '\n'});

        SpecException thrown = catchThrowableOfType(SpecException.class, () -> Document.read(file));

        assertThat(thrown.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.NOT_UTF8);
            assertThat(problem.line()).isEqualTo(2);
            assertThat(problem.column()).isEqualTo(4);
        });
    }

    @Test
    void aFileThatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> Document.read(directory.resolve("none.yaml")))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("none.yaml:1:1: there is no such file")
                .hasMessageContaining("kubewright init");
    }

    @Test
    void aProblemShowsItsLineWithACaret() {
        Problem problem =
                new Problem(Code.UNKNOWN_KEY, "c.yaml", 12, 3, "there is no key 'x'", "remove it", "\t\u00e9x: 1");

        assertThat(problem.render()).isEqualTo("""
                c.yaml:12:3: there is no key 'x' [unknown-key]
                  12 | \t\u00e9x: 1
                     | \t ^
                  remove it""");
    }

    @Test
    void aRefusalIsNoErrorAndAWarningNeither() {
        Problem warning = new Problem(Code.NO_WORKER, "c.yaml", 1, 1, "a", "b", "");
        Problem refusal = new Problem(Code.NOT_YET, "c.yaml", 1, 1, "c", "d", "");
        Problem error = new Problem(Code.OVERLAP, "c.yaml", 1, 1, "e", "f", "");

        assertThat(new SpecException(List.of(warning, refusal)).isRefusal()).isTrue();
        assertThat(new SpecException(List.of(warning, refusal)).code()).isEqualTo(Code.NOT_YET);
        assertThat(new SpecException(List.of(refusal, error)).isRefusal()).isFalse();
        assertThat(new SpecException(List.of(refusal, error)).code()).isEqualTo(Code.OVERLAP);
        assertThat(new SpecException(List.of(refusal, error)).hint()).isEqualTo("f");
    }

    @Test
    void aMisspeltWordIsGuessedOnlyWhenItIsNear() {
        List<String> words = List.of("kubernetes", "network", "host", "hosts");

        assertThat(Suggestion.nearest("kuberntes", words)).contains("kubernetes");
        assertThat(Suggestion.nearest("netwrok", words)).contains("network");
        assertThat(Suggestion.nearest("Host", words)).contains("host");
        assertThat(Suggestion.nearest("gpu", words)).isEmpty();
    }

    @Test
    void pointersReadBackWhatTheyWrite() {
        Pointer pointer = Pointer.ROOT.child("a/b").child("~").child(3).child("");

        assertThat(pointer).hasToString("/a~1b/~0/3/");
        assertThat(Pointer.parse(pointer.toString())).isEqualTo(pointer);
        assertThat(Pointer.parse("/hosts/0/name").words()).isEqualTo("hosts[0].name");
    }

    private static List<Problem> problems(String text) {
        SpecException thrown = catchThrowableOfType(SpecException.class, () -> Document.parse("c.yaml", text));
        assertThat(thrown).isNotNull();
        return thrown.problems();
    }
}
