package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.SampleBundle;
import io.kubewright.cluster.Blueprint;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.Standing;
import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Deviation;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.PlanJson;
import io.kubewright.engine.Resource;
import io.kubewright.engine.Secret;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Golden;
import io.kubewright.lab.LabDeviation;
import io.kubewright.lab.LabHost;
import io.kubewright.lab.LabOverlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The lab's file on ordinary servers: what a lab needs to do otherwise is nowhere in the plan or in what would be run.
 * The facts are what {@code facts.sh} prints on a Debian 13 or Ubuntu 24.04 server and on a host of the lab.
 */
class DeviationsTest {
    private static final Path FACTS = Path.of("src/test/resources/io/kubewright/cluster/facts");
    private static final String LAB_ID = "6a99f94d0727ae0bb5e305f89fac20a1";
    private static final List<Deviation> ALL = Stream.of(
                    Deviation.SHARED_KERNEL,
                    Deviation.CGROUP_V1,
                    Deviation.NO_SYS_RESOURCE,
                    Deviation.SHARED_PROCESSORS,
                    Deviation.NO_MODULES)
            .map(name -> new Deviation(name, "the reason of " + name))
            .toList();

    @TempDir
    private Path directory;

    private Specification file;
    private Bundle bundle;

    @BeforeEach
    void readTheLabsFile() throws IOException {
        Path made = SampleBundle.write(
                Files.createDirectories(directory.resolve("bundle")),
                Files.readString(Path.of("src/test/resources/io/kubewright/network/calico-like.yaml")));
        String text = Files.readString(Path.of("examples/lab.yaml"));
        assertThat(text).contains("\nbundle: source\n");
        Path copy = Files.writeString(
                directory.resolve("cluster.yaml"), text.replace("\nbundle: source\n", "\nbundle: " + made + "\n"));
        file = ClusterFile.read(copy);
        bundle = Bundle.open(made);
    }

    private record Line(String path, String text) {}

    /** What differs with one deviation: lines that come, and lines that go. */
    private record Effect(Set<Line> added, Set<Line> removed) {
        String listing(String name) {
            return "=== " + name + "\n" + listed(removed, " - ") + listed(added, " + ");
        }

        private static String listed(Set<Line> lines, String sign) {
            return lines.stream()
                    .map(line -> line.path() + sign + line.text() + "\n")
                    .sorted()
                    .collect(Collectors.joining());
        }
    }

    private static final Pattern DIGEST = Pattern.compile("\\b[0-9a-f]{64}\\b");

    @Test
    void whatEachDeviationChangesIsAsReviewed() throws Exception {
        StringBuilder listing = new StringBuilder();
        for (Deviation deviation : ALL) {
            listing.append(effect(deviation).listing(deviation.name()));
        }
        Golden.check("cluster/facts/deviations.txt", listing.toString());
    }

    /** Against the reviewed list, not against the code: a deviation that took effect everywhere would not be in a diff. */
    @Test
    void nothingThatADeviationBringsIsOnAnOrdinaryHostAndNothingIsMissing() throws Exception {
        Set<Line> ordinary = lines(texts("ordinary", List.of()));
        List<String> reviewed = Files.readAllLines(FACTS.resolve("deviations.txt"));
        assertThat(reviewed.stream().filter(line -> line.startsWith("===")))
                .containsExactlyElementsOf(
                        ALL.stream().map(deviation -> "=== " + deviation.name()).toList());
        for (String row : reviewed) {
            int at = row.indexOf(' ');
            if (!row.startsWith("===")) {
                Line line = new Line(row.substring(0, at), row.substring(at + 3));
                assertThat(ordinary.contains(line)).as(row).isEqualTo(row.charAt(at + 1) == '-');
            }
        }
    }

    /** Only the operator's overlay brings deviations: a host cannot say that it is different. */
    @Test
    void aHostOfALabIsAnOrdinaryOneWithoutItsOverlay() throws Exception {
        assertThat(withoutLinks(texts("lab", List.of()))).isEqualTo(withoutLinks(texts("ordinary", List.of())));
    }

    /** An ordinary host's link has another name and its system other packages. */
    private static Set<Line> withoutLinks(Map<StepId, String> texts) {
        return lines(texts).stream()
                .filter(line -> !line.path().equals("host/packages"))
                .map(line -> new Line(line.path(), line.text().replaceAll("\\b(enp1s0|eth0)\\b", "LINK")))
                .collect(Collectors.toSet());
    }

    /** Without the deviation, cgroup v1 is refused. */
    private String labWithANewCgroupVersion() throws Exception {
        try (Stream<Path> hosts = Files.list(FACTS.resolve("lab"))) {
            for (Path host : hosts.toList()) {
                Files.writeString(
                        directory.resolve(host.getFileName()),
                        Files.readString(host).replace("\ncgroup 1\n", "\ncgroup 2\n"));
            }
        }
        return directory.toAbsolutePath().toString();
    }

    @Test
    void cgroupVersionOneIsRefusedWhereItIsNoDeviation() throws Exception {
        CommandLineCase call = CommandLineCase.of(source("lab", Optional.empty()), "plan");
        assertThat(call.exit()).isEqualTo(3);
        assertThat(call.err()).contains("n5 has cgroup v1").contains("systemd.unified_cgroup_hierarchy=1");
    }

    @Test
    void aStepThatADeviationChangesSaysSo() throws Exception {
        String hosts = labWithANewCgroupVersion();
        Set<Line> without = lines(diffs(plan(hosts, Optional.empty())));
        for (Deviation deviation : ALL) {
            Plan lab = plan(hosts, Optional.of(overlay(LAB_ID, List.of(deviation))));
            Set<String> saying = lab.steps().stream()
                    .filter(step -> step.deviation().isPresent())
                    .map(step -> step.id().path())
                    .collect(Collectors.toSet());
            assertThat(saying).as(deviation.name()).isNotEmpty();
            Set<String> changed = new TreeSet<>();
            minus(lines(diffs(lab)), without).forEach(line -> changed.add(line.path()));
            // How the lab's hosts are reached comes from its overlay too, and is no deviation.
            changed.remove("kube/inventory");
            assertThat(saying).as(deviation.name()).containsAll(changed);
        }
    }

    @Test
    void thePlanOfOrdinaryHostsListsNoDeviation() throws Exception {
        CommandLineCase call = CommandLineCase.of(source("ordinary", Optional.empty()), "plan", "--json");
        assertThat(call.exit()).as(call.err()).isEqualTo(2);
        Plan plan = PlanJson.read(call.out(), "plan");
        assertThat(plan.steps())
                .hasSizeGreaterThan(50)
                .allMatch(step -> step.deviation().isEmpty());
        assertThat(call.out()).doesNotContain("\"deviation\"", "the reason of");

        CommandLineCase text = CommandLineCase.of(source("ordinary", Optional.empty()), "plan");
        assertThat(text.out()).contains("n1").doesNotContain("Deviations");
    }

    @Test
    void thePlanOfALabListsAllOfThem() throws Exception {
        Optional<LabOverlay> overlay = Optional.of(overlay(LAB_ID, ALL));
        CommandLineCase call = CommandLineCase.of(source("lab", overlay), "plan");
        assertThat(call.exit()).as(call.err()).isEqualTo(2);
        assertThat(call.out()).contains("Deviations from a production host");
        assertThat(call.out()).contains(ALL.stream().map(Deviation::why).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "lab, 00000000000000000000000000000000, another lab's id",
        "ordinary, 6a99f94d0727ae0bb5e305f89fac20a1, no lab's id"
    })
    void anOverlayWithAForeignIdIsRefused(String facts, String id, String given) throws Exception {
        for (String command : List.of("plan", "apply", "verify", "drift")) {
            CommandLineCase call = CommandLineCase.of(source(facts, Optional.of(overlay(id, ALL))), command, "--json");
            assertThat(call.exit()).as(command).isEqualTo(3);
            assertThat(call.err())
                    .contains("n1: the overlay of the standing lab names this host, but the host gives " + given)
                    .contains("Take the lab down and up again");
            assertThat(call.out()).contains("kubewright.io/error/v1").doesNotContain("the reason of", id);
        }
    }

    private LabOverlay overlay(String id, List<Deviation> deviations) {
        return new LabOverlay(
                id,
                file.hosts().stream()
                        .map(host -> new LabHost(host.name(), host.address()))
                        .toList(),
                "admin",
                directory.resolve("key"),
                directory.resolve("known_hosts"),
                deviations.stream()
                        .map(deviation -> new LabDeviation(deviation.name(), deviation.why()))
                        .toList());
    }

    private ClusterWork.Source source(String facts, Optional<LabOverlay> overlay) {
        return new ClusterWork.Source() {
            @Override
            public ClusterWork open(CommonOptions options) {
                return Clusters.open(file, overlay, _ -> fleet(facts));
            }

            @Override
            public Optional<Explanation> explanation(String path) {
                return Optional.empty();
            }

            @Override
            public List<Explanation> explanations() {
                return List.of();
            }
        };
    }

    private Plan plan(String facts, Optional<LabOverlay> overlay) throws Exception {
        try (ClusterWork work = Clusters.open(file, overlay, _ -> fleet(facts))) {
            return work.plan(new PathSelection(List.of(), List.of()), _ -> {});
        }
    }

    private static Map<StepId, String> diffs(Plan plan) {
        return plan.steps().stream().collect(Collectors.toMap(Step::id, Step::diff));
    }

    private Effect effect(Deviation deviation) throws Exception {
        Set<Line> without = lines(texts("ordinary", List.of()));
        Set<Line> with = lines(texts("ordinary", List.of(deviation)));
        return new Effect(minus(with, without), minus(without, with));
    }

    private static Set<Line> minus(Set<Line> all, Set<Line> less) {
        return all.stream().filter(line -> !less.contains(line)).collect(Collectors.toSet());
    }

    /** Digests of files follow from their lines, which are there too. */
    private static Set<Line> lines(Map<StepId, String> texts) {
        return texts.entrySet().stream()
                .flatMap(step -> step.getValue()
                        .lines()
                        .filter(line -> !line.startsWith("file ")
                                || !DIGEST.matcher(line).find())
                        .map(line -> new Line(step.getKey().path(), line)))
                .collect(Collectors.toSet());
    }

    private Fleet fleet(String facts) {
        List<String> names = file.hosts().stream().map(host -> host.name()).toList();
        return Fleet.of(
                new RecordedHosts(FACTS.resolve(facts), names), names.subList(0, 3), (controlPlane, port, deadline) -> {
                    throw new AssertionError("there is no API yet");
                });
    }

    /** Everything that would be read, written or run, step by step. */
    private Map<StepId, String> texts(String facts, List<Deviation> deviations) throws Exception {
        try (Fleet fleet = fleet(facts)) {
            Inspection.Result inspected =
                    Inspection.of(fleet.targets(), fleet.targets().names());
            Map<String, HostFacts> accepted = new LinkedHashMap<>();
            Map<String, Deviation> byName =
                    deviations.stream().collect(Collectors.toMap(Deviation::name, each -> each));
            inspected.facts().forEach((name, host) -> accepted.put(name, host.with(byName)));
            Map<StepId, String> texts = new LinkedHashMap<>();
            for (Resource resource : Blueprint.of(file, inspected, accepted, Standing.of(fleet.api()), bundle)
                    .resources(fleet.api())) {
                texts.put(resource.id(), text(resource));
            }
            return texts;
        }
    }

    private static String text(Resource resource) throws Exception {
        return switch (resource) {
            case HostResource host -> host.probe() + host.desired("") + masked(host.apply("", outputs())) + host.undo();
            case ClusterResource cluster
            when cluster.accompanies().isEmpty() -> cluster.observe().desired();
            case ClusterResource _ -> "";
        };
    }

    private static Outputs outputs() throws IOException {
        Outputs outputs = new Outputs();
        StepId credentials = StepId.parse("kube/join-credentials@n1");
        outputs.put(credentials, "token", Secret.of("abcdef.0123456789abcdef"));
        outputs.put(credentials, "certificate-key", Secret.of("ab".repeat(32)));
        outputs.put(
                StepId.parse("kube/encryption/key@n1"), "configuration", Secret.of("kind: EncryptionConfiguration\n"));
        outputs.put(
                credentials,
                "authority",
                Secret.of(Files.readString(Path.of("src/test/resources/io/kubewright/kube/authority.pem"))));
        return outputs;
    }

    private static String masked(String text) {
        return text.replaceAll("\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b", "TOKEN")
                .replaceAll("certificateKey: \\S+", "certificateKey: KEY")
                .replaceAll("bootstrap-token-\\w{6}", "bootstrap-token-NAME");
    }
}
