package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the API need not be asked what it would make of an object. */
class ComparisonTest {
    private static final String WANTED = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, namespace: default, labels: {ours: "1"}}
            data: {a: one, b: two}
            """;
    private static final String OWNED = """
                [{manager: kubewright, operation: Apply, fieldsV1: {
                  "f:metadata": {"f:labels": {"f:ours": {}}}, "f:data": {"f:a": {}, "f:b": {}}}}]
            """;

    private static boolean isAsApplied(String live, String managedFields) {
        KubeObject object = KubeYaml.readOne("live", live);
        Object fields = KubeYaml.readOne("fields", "apiVersion: v1\nkind: X\nfields:\n" + managedFields)
                .at("fields")
                .value();
        return Comparison.isAsApplied(
                KubeYaml.readOne("wanted", WANTED), object.with(fields, "metadata", "managedFields"));
    }

    @Test
    void whatIsOwnedWordForWordIsAsApplied() {
        assertThat(isAsApplied(WANTED, OWNED)).isTrue();
    }

    @Test
    void whatOthersAddedDoesNotCount() {
        assertThat(isAsApplied(WANTED.replace("b: two", "b: two, c: theirs"), OWNED))
                .isTrue();
    }

    @Test
    void anotherValueAMissingOneAndOneThatIsWantedNoMoreHaveToBeTried() {
        assertThat(isAsApplied(WANTED.replace("two", "three"), OWNED)).isFalse();
        assertThat(isAsApplied(WANTED.replace(", b: two", ""), OWNED)).isFalse();
        assertThat(isAsApplied(
                        WANTED.replace("b: two", "b: two, old: x"),
                        OWNED.replace("\"f:b\": {}", "\"f:b\": {}, \"f:old\": {}")))
                .isFalse();
    }

    @Test
    void aFieldThatSomebodyElseHoldsNowHasToBeTried() {
        assertThat(isAsApplied(WANTED, OWNED.replace(", \"f:b\": {}", ""))).isFalse();
        assertThat(isAsApplied(WANTED, OWNED.replace("manager: kubewright", "manager: kubectl-edit")))
                .isFalse();
    }
}
