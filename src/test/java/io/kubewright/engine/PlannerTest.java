package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Plans of a part of what the file asks for. */
class PlannerTest {
    private static final Planner.Binding BINDING = new Planner.Binding("tool", "/file", "spec", "bundle", List.of());
    private static final Predicate<StepId> NETWORK = step -> step.path().startsWith("network/");
    private static final List<Resource> RESOURCES = List.of(
            Wanted.of("host/swap@n1"),
            Wanted.of("kube/join@n1", "host/swap@n1"),
            Wanted.of("network/mtu@n1", "kube/join@n1"),
            Wanted.of("network/route@n1", "network/mtu@n1"));

    private record Wanted(StepId id, Set<StepId> needs) implements HostResource {
        static Resource of(String id, String... needs) {
            return new Wanted(
                    StepId.parse(id), Arrays.stream(needs).map(StepId::parse).collect(Collectors.toSet()));
        }

        @Override
        public String probe() {
            return "";
        }

        @Override
        public String desired(String observed) {
            return "wanted";
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return "";
        }

        @Override
        public String undo() {
            return "";
        }
    }

    private static List<String> plan(Map<String, String> seen) {
        Map<StepId, Observation> observations = new HashMap<>();
        seen.forEach((step, state) -> observations.put(StepId.parse(step), new Observation.Known(state, "wanted")));
        Survey survey = new Survey(observations, Map.of(), Map.of(), Map.of(), Map.of());
        return Planner.plan(RESOURCES, survey, BINDING, Instant.EPOCH, _ -> "because", NETWORK).steps().stream()
                .map(step -> step.id() + " " + step.action()
                        + step.refusal().map(refusal -> ": " + refusal.reason()).orElse(""))
                .toList();
    }

    @Test
    void whatWasSelectedAndItsDirectNeedsAreToBeSeen() {
        assertThat(Planner.toBeSeen(RESOURCES, NETWORK))
                .extracting(StepId::toString)
                .containsExactlyInAnyOrder("kube/join@n1", "network/mtu@n1", "network/route@n1");
    }

    @Test
    void aPlanHoldsWhatWasSelectedAlone() {
        assertThat(plan(Map.of("kube/join@n1", "wanted", "network/mtu@n1", "", "network/route@n1", "wanted")))
                .containsExactly("network/mtu@n1 CREATE", "network/route@n1 SAME");
    }

    @Test
    void aNeedThatLacksAndWasNotSelectedRefusesWhatNeedsIt() {
        assertThat(plan(Map.of("kube/join@n1", "other", "network/mtu@n1", "", "network/route@n1", "wanted")))
                .containsExactly(
                        "network/mtu@n1 CREATE: it needs kube/join@n1, which is not as wanted and was not selected",
                        "network/route@n1 SAME");
    }
}
