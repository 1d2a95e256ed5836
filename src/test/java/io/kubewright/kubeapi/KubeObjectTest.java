package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KubeObjectTest {
    private static final KubeObject POD = KubeYaml.readOne("test", """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: n}
            spec:
              containers:
              - {name: a, image: x:1}
              - name: b
                env: [{name: ONE, value: "1"}]
            status: {conditions: [{type: Ready, status: "True"}], count: 3}
            """);

    @Test
    void pathsLeadThroughMapsAndNamedItems() {
        assertThat(POD.at("spec", "containers", "[b]", "env", "[ONE]", "value").text())
                .hasValue("1");
        assertThat(POD.at("spec", "containers", "[c]", "env").isPresent()).isFalse();
        assertThat(POD.at("status", "count").number()).hasValue(3);
        assertThat(POD.is("Ready")).isTrue();
        assertThat(POD.is("Initialized")).isFalse();
    }

    @Test
    void editsMakeWhatIsMissingAndLeaveTheOriginal() {
        KubeObject edited = POD.with("2", "spec", "containers", "[a]", "env", "[TWO]", "value");
        assertThat(edited.at("spec", "containers", "[a]", "env", "[TWO]", "value")
                        .text())
                .hasValue("2");
        assertThat(edited.at("spec", "containers", "[a]", "image").text()).hasValue("x:1");
        assertThat(POD.at("spec", "containers", "[a]", "env").isPresent()).isFalse();
        assertThat(edited.without("spec", "containers", "[a]", "env")).isEqualTo(POD);
    }

    @Test
    void anEditThatMustHitSomethingNamesWhatItMissed() {
        assertThat(POD.replacing("y:2", "spec", "containers", "[a]", "image")
                        .at("spec", "containers", "[a]", "image")
                        .text())
                .hasValue("y:2");
        assertThatThrownBy(() -> POD.replacing("0", "spec", "containers", "[a]", "env", "[ONE]", "value"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("Pod n/p has nothing at spec.containers.[a].env.[ONE].value");
        assertThatThrownBy(() -> POD.removing("spec", "nodeName")).hasMessageContaining("spec.nodeName");
    }
}
