package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubeYamlTest {
    @Test
    void aTextDependsOnTheContentAlone() {
        KubeObject one =
                KubeYaml.readOne("one", "{kind: X, apiVersion: v1, metadata: {name: web, labels: {b: '2', a: '1'}}}");
        KubeObject other = KubeYaml.readOne(
                "other", "apiVersion: v1\nmetadata:\n  labels:\n    a: \"1\"\n    b: \"2\"\n  name: web\nkind: X\n");
        assertThat(KubeYaml.write(one)).isEqualTo(KubeYaml.write(other)).isEqualTo("""
                apiVersion: v1
                kind: X
                metadata:
                  labels:
                    a: "1"
                    b: "2"
                  name: web
                """);
    }

    @Test
    void textsOfSeveralLinesAreBlocksAndAmbiguousOnesAreQuoted() {
        String text = KubeYaml.write(Map.of(
                "lines",
                "one\ntwo\n",
                "yes",
                "no",
                "octal",
                "0644",
                "date",
                "2026-01-02",
                "plain",
                "a b",
                "number",
                7,
                "list",
                List.of("x", 1.5, true)));
        assertThat(text).isEqualTo("""
                date: "2026-01-02"
                lines: |
                  one
                  two
                list:
                - x
                - 1.5
                - true
                number: 7
                octal: "0644"
                plain: a b
                "yes": "no"
                """);
    }

    @Test
    void whatIsWrittenReadsBackTheSame() {
        KubeObject object = KubeYaml.readOne("test", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: n}
                data:
                  a: "  leading\\n\\ttab\\n"
                  b: "trailing  \\nspace"
                  c: "#not a comment"
                  d: ""
                  e: "1.20"
                  f: "null"
                """);
        assertThat(KubeYaml.readOne("again", KubeYaml.write(object))).isEqualTo(object);
    }

    @Test
    void documentsAndListsGiveTheirObjectsAndEmptyDocumentsNone() {
        List<KubeObject> objects = KubeYaml.read("test", """
                # a comment alone
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: A, metadata: {name: a}}
                - {apiVersion: v1, kind: B, metadata: {name: b}}
                ---
                ---
                {apiVersion: v1, kind: C, metadata: {name: c, creationTimestamp: null}}
                """);
        assertThat(objects).extracting(KubeObject::kind).containsExactly("A", "B", "C");
        assertThat(objects.getLast().at("metadata", "creationTimestamp").isPresent())
                .isFalse();
    }

    @Test
    void whatIsNoObjectIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> KubeYaml.read("calico.yaml", "a: [1"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("calico.yaml");
        assertThatThrownBy(() -> KubeYaml.read("calico.yaml", "{apiVersion: v1, kind: X}\n---\nkind: Y\n"))
                .hasMessage("calico.yaml, document 2 has no apiVersion or no kind");
        assertThatThrownBy(() -> KubeYaml.read("calico.yaml", "a: 1\na: 2\n")).isInstanceOf(ApiException.class);
    }

    @Test
    void octalNumbersAreNumbersAsForKubectl() {
        KubeObject read = KubeYaml.readOne("test", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: c}
                mode: 0744
                text: "0744"
                none: 0
                port: 10250
                """);
        assertThat(read.at("mode").number()).hasValue(484);
        assertThat(read.at("text").text()).contains("0744");
        assertThat(read.at("none").number()).hasValue(0);
        assertThat(read.at("port").number()).hasValue(10250);
        assertThat(KubeYaml.write(read)).contains("mode: 484", "text: \"0744\"");
    }
}
