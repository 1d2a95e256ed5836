package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DisksTest {
    private static final String ROOT = "/";
    private static final String OWN = "of its own";

    private record Step(StepId id, Map<String, Long> mebibytes, Blob... files) implements HostResource {
        @Override
        public Set<StepId> needs() {
            return Set.of();
        }

        @Override
        public String probe() {
            return "";
        }

        @Override
        public String desired(String observed) {
            return "there\n";
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return "";
        }

        @Override
        public String undo() {
            return "";
        }

        @Override
        public Set<Blob> blobs(String observed) {
            return observed.isEmpty() ? Set.of(files) : Set.of();
        }

        @Override
        public Map<String, Long> leaves(String observed) {
            Map<String, Long> bytes = new HashMap<>();
            mebibytes.forEach((directory, size) -> bytes.put(directory, size << 20));
            return observed.isEmpty() ? bytes : Map.of();
        }
    }

    private static final Step TOOLS =
            new Step(StepId.parse("kube/tools@n1"), Map.of("/usr/local/bin", 100L), blob("a", 100));
    private static final Step IMAGES = new Step(
            StepId.parse("kube/images@n1"), Map.of("/var/lib/containerd", 600L), blob("b", 200), blob("c", 100));

    private static Blob blob(String digest, long mebibytes) {
        return new Blob(digest, mebibytes << 20, Path.of("/bundle", digest));
    }

    private static HostFacts.Place place(String directory, String fileSystem, long mebibytes, boolean writable) {
        return new HostFacts.Place(directory, fileSystem, mebibytes << 20, writable);
    }

    private static HostFacts host(HostFacts.Place... places) {
        return new HostFacts(
                "n1",
                "n1",
                "debian",
                "13",
                "amd64",
                "6.12",
                2,
                4L << 30,
                2,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "a",
                Optional.empty(),
                Optional.empty(),
                Optional.of("apt-get"),
                List.of(places),
                Map.of());
    }

    /** On one file system. */
    private static HostFacts small(long mebibytes) {
        return host(
                place("/etc", ROOT, mebibytes, true),
                place("/usr/local", ROOT, mebibytes, true),
                place("/var/lib/containerd", ROOT, mebibytes, true),
                place("/var/lib/kubewright", ROOT, mebibytes, true));
    }

    private static List<Refusal> refusals(HostFacts facts, String seen, Set<String> there, Resource... resources) {
        Map<StepId, Observation> observations = new HashMap<>();
        for (Resource resource : resources) {
            observations.put(resource.id(), new Observation.Known(seen, "there\n"));
        }
        Survey survey = new Survey(observations, Map.of(), Map.of("n1", there), Map.of(), Map.of());
        return Disks.refusals(List.of(resources), survey, Map.of("n1", facts), _ -> true);
    }

    private static List<String> reasons(HostFacts facts, Resource... resources) {
        return refusals(facts, "", Set.of(), resources).stream()
                .map(Refusal::reason)
                .toList();
    }

    @Test
    void whatStaysAndTheLargestFileMustFit() {
        assertThat(reasons(small(8 + 700 + 200), TOOLS, IMAGES)).isEmpty();
        assertThat(reasons(small(8 + 700 + 199), TOOLS, IMAGES))
                .containsExactly("n1 has 907 MiB free on the file system of /etc, /usr/local, /var/lib/containerd,"
                        + " /var/lib/kubewright, and 908 MiB are needed there");
    }

    @Test
    void aDiskForImagesIsJudgedByItself() {
        HostFacts facts = host(
                place("/etc", ROOT, 408, true),
                place("/usr/local", ROOT, 408, true),
                place("/var/lib/containerd", OWN, 599, true),
                place("/var/lib/kubewright", ROOT, 408, true));
        assertThat(reasons(facts, TOOLS, IMAGES))
                .containsExactly("n1 has 599 MiB free on the file system of /var/lib/containerd, and 600 MiB are needed"
                        + " there");
    }

    @Test
    void whatWasSentNeedsNoRoomAgain() {
        assertThat(refusals(small(8 + 700), "", Set.of("a", "b", "c"), TOOLS, IMAGES))
                .isEmpty();
    }

    @Test
    void anInstallationThatFillsItsDiskIsNotRefused() {
        assertThat(refusals(small(0), "there\n", Set.of(), TOOLS, IMAGES)).isEmpty();
    }

    @Test
    void anyStepNeedsRoomForItsRecords() {
        Step step = new Step(StepId.parse("host/sysctl@n1"), Map.of());
        assertThat(reasons(small(8), step)).isEmpty();
        assertThat(reasons(small(7), step)).singleElement().asString().contains("8 MiB are needed");
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        HostFacts facts = host(
                place("/etc", ROOT, 9000, false),
                place("/usr/local", OWN, 9000, false),
                place("/var/lib/kubewright", "var", 9000, true));
        assertThat(reasons(facts, TOOLS))
                .containsExactly("n1 has /etc, /usr/local on a file system that is mounted read-only, and what it needs"
                        + " is written there");
        assertThat(refusals(facts, "there\n", Set.of(), TOOLS)).isEmpty();
    }
}
