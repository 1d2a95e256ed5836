package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MulticastPlanTest {
    private static final MulticastPlan PLAN = new MulticastPlan("run", List.of("n1", "n2", "n3"));

    private static JsonNode told(String node) {
        String encoded =
                PLAN.arguments(node, "net1").replaceAll(".*--base64 ", "").strip();
        return JsonMapper.builder()
                .build()
                .readTree(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
    }

    @Test
    void whatGoesFromOnePodToAnotherIsUnlikeAllElse() {
        JsonNode attachment = told("n2").path("channels").path(0);
        assertThat(attachment.path("join").valueStream().map(JsonNode::asString))
                .containsExactly(PLAN.group("n2"), MulticastPlan.EVERYBODY);
        assertThat(attachment.path("send").propertyNames())
                .as("to all others, to all, to who comes late and to nobody")
                .containsExactlyInAnyOrder(
                        PLAN.group("n1"),
                        PLAN.group("n3"),
                        MulticastPlan.EVERYBODY,
                        MulticastPlan.LATE,
                        MulticastPlan.NOBODY);
        assertThat(attachment.path("ttl").asInt()).isGreaterThan(1);
        assertThat(PLAN.arriving("n2", PLAN.group("n3"))).isEqualTo("run n2 to " + PLAN.group("n3"));
    }

    @Test
    void thePodNetworkIsAskedTheSame() {
        JsonNode network = told("n1").path("channels").path(1);
        assertThat(network.path("interface").asString()).isEqualTo("eth0");
        assertThat(network.path("join").path(0).asString()).isEqualTo(MulticastPlan.EVERYBODY);
    }

    @Test
    void ofALargeClusterAsManyTakePartAsThereAreGroups() {
        MulticastPlan large = new MulticastPlan(
                "run", IntStream.range(0, 300).mapToObj(each -> "n" + each).toList());
        assertThat(large.nodes()).hasSize(249);
        assertThat(large.group("n248")).isEqualTo("239.255.77.249");
    }

    @Test
    void whatTheProbePrintsIsRead() {
        List<Heard> heard = Heard.read("""
                {"interface":"net1","running":true,"addresses":["10.20.0.200/24"],"sent":{"239.255.77.1":12},"received":{"run n1 to 239.255.77.2":11},"before":0,"during":4,"after":0,"kernelIn":31,"kernelOut":48,"error":""}
                {"interface":"eth0","running":false,"addresses":null,"sent":{},"received":{},"before":0,"during":0,"after":0,"kernelIn":31,"kernelOut":48,"error":"no such interface"}
                """);
        assertThat(heard).extracting(Heard::link).containsExactly("net1", "eth0");
        assertThat(heard.getFirst().received()).containsEntry("run n1 to 239.255.77.2", 11);
        assertThat(heard.getLast().addresses()).isEmpty();
        assertThatThrownBy(() -> Heard.read("panic: runtime error"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("panic: runtime error");
    }
}
