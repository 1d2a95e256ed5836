package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Resource;
import io.kubewright.engine.Secret;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Golden;
import io.kubewright.spec.Host;
import io.kubewright.spec.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeResourcesTest {
    /** Worked out with openssl: x509 -pubkey, pkey -pubin -outform der, sha256sum. */
    private static final String AUTHORITY_HASH = "73811e3f234da5b14c287cbafc2f121b504ad410ca844388038983b1bc31ac0d";

    private static List<Resource> resources(boolean lab) {
        return KubeResources.of(Samples.cluster(lab), Samples.supplies(lab));
    }

    private static Outputs outputs() throws IOException {
        Outputs outputs = new Outputs();
        StepId credentials = StepId.parse("kube/join-credentials@n1");
        outputs.put(credentials, "token", Secret.of("abcdef.0123456789abcdef"));
        outputs.put(credentials, "certificate-key", Secret.of("ab".repeat(32)));
        outputs.put(credentials, "authority", Secret.of(resource("authority.pem")));
        return outputs;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = KubeResourcesTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String masked(String text) {
        return text.replaceAll("\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b", "TOKEN")
                .replaceAll("certificateKey: \\S+", "certificateKey: KEY")
                .replaceAll("bootstrap-token-\\w{6}", "bootstrap-token-NAME");
    }

    private static List<HostResource> hostResources(boolean lab) {
        return resources(lab).stream().map(HostResource.class::cast).toList();
    }

    @ParameterizedTest
    @CsvSource({"false,production", "true,lab"})
    void everyFragmentIsAsReviewed(boolean lab, String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (HostResource resource : hostResources(lab)) {
            text.append("=== ").append(resource.id()).append('\n');
            resource.deviation()
                    .ifPresent(why -> text.append("--- deviation: ").append(why).append('\n'));
            if (List.of("n1", "n2", "n5").contains(resource.id().target())) {
                text.append("--- desired\n").append(resource.desired(""));
                text.append("--- apply\n").append(masked(resource.apply("", outputs())));
            }
        }
        Golden.check("kube/golden/" + name + ".txt", text.toString());
    }

    @Test
    void orderAndNeedsAreAsReviewed() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Resource resource : resources(false)) {
            text.append(resource.id()).append(" <- ").append(new TreeSet<>(resource.needs()));
            if (!resource.accompanies().isEmpty()) {
                text.append(" accompanies ").append(new TreeSet<>(resource.accompanies()));
            }
            text.append('\n');
        }
        Golden.check("kube/golden/needs.txt", text.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dashCanReadEveryFragment(boolean lab, @TempDir Path directory) throws Exception {
        for (HostResource resource : hostResources(lab)) {
            for (String fragment : List.of(resource.probe(), resource.apply("", outputs()), resource.undo())) {
                Path file = Files.writeString(directory.resolve("fragment"), fragment);
                Process process = new ProcessBuilder("dash", "-n", file.toString())
                        .redirectErrorStream(true)
                        .start();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(resource.id() + ": " + said).isZero();
            }
        }
    }

    @Test
    void noSecretIsInAProbeOrAnUndoNorInAnArgument() throws IOException {
        for (HostResource resource : hostResources(true)) {
            assertThat(resource.probe() + resource.undo()).doesNotContain("abcdef.0123456789abcdef", "ab".repeat(32));
        }
        HostResource join = hostResources(true).stream()
                .filter(each -> each.id().toString().equals("kube/join@n2"))
                .findFirst()
                .orElseThrow();
        assertThat(join.apply("", outputs()).lines().filter(line -> line.startsWith("kubeadm")))
                .containsExactly("kubeadm join --config \"$directory/kubeadm.yaml\"");
    }

    @Test
    void theAuthorityIsKnownByTheDigestOfItsKey() throws IOException {
        assertThat(JoinCredentials.authorityHash(outputs(), StepId.parse("kube/join-credentials@n1")))
                .isEqualTo(AUTHORITY_HASH);
    }

    @Test
    void everyOptionIsThereFromTheFirstMomentOn() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Resource each : KubeResources.of(Samples.options(false), Samples.supplies(false))) {
            HostResource resource = (HostResource) each;
            Outputs outputs = outputs();
            outputs.put(StepId.parse("kube/encryption/key@n1"), "configuration", Secret.of("secret: KEY\n"));
            boolean shown = resource.id().path().matches("kube/(init|join|settings|encryption/.*)")
                    && List.of("n1", "n2", "n5").contains(resource.id().target());
            if (shown) {
                text.append("=== ").append(resource.id()).append(" <- ").append(new TreeSet<>(resource.needs()));
                text.append("\n--- desired\n").append(resource.desired(""));
                text.append("--- apply\n").append(masked(resource.apply("", outputs)));
            }
        }
        Golden.check("kube/golden/options.txt", text.toString());
    }

    @Test
    void onAClusterThatRunsEveryApiServerKnowsTheKeyBeforeOneWritesWithIt() {
        KubeInput input = Samples.existing(Samples.options(false), "n1", "n2", "n3");
        List<Resource> all = KubeResources.of(input, Samples.supplies(false));
        StepId last = StepId.parse("kube/encryption/readable@n3");
        assertThat(needs(all, "kube/settings@n1")).contains(last);
        assertThat(needs(all, "kube/settings@n2")).contains(last, StepId.parse("kube/settings@n1"));
        assertThat(needs(all, "kube/settings@n3")).contains(StepId.parse("kube/settings@n2"));
        assertThat(needs(all, "kube/encryption/rewritten@n1")).contains(StepId.parse("kube/settings@n3"));
        assertThat(needs(all, "kube/join@n2")).noneMatch(need -> need.path().startsWith("kube/join-credentials"));
        assertThat(needs(all, "kube/join-credentials@n1")).contains(StepId.parse("kube/settings@n3"));
    }

    private static String desired(KubeInput input, String step) {
        return KubeResources.of(input, Samples.supplies(false)).stream()
                .filter(each -> each.id().equals(StepId.parse(step)))
                .map(HostResource.class::cast)
                .findFirst()
                .orElseThrow()
                .desired("");
    }

    /** Nobody can take over from it, so nothing is gained when it gives up early. */
    @ParameterizedTest
    @CsvSource({"1,60 40 5,false", "3,15 10 2,true"})
    void aLoneControlPlaneIsPatientWithItsLease(int controlPlanes, String lease, boolean deviates) {
        List<Host> hosts = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> Samples.host(
                        "n" + number,
                        10 + number,
                        EnumSet.of(number <= controlPlanes ? Role.CONTROL_PLANE : Role.WORKER)))
                .toList();
        KubeInput input = Samples.input(hosts, Samples.cluster(true).endpoint(), Set.of(), true);
        HostResource vip = KubeResources.of(input, Samples.supplies(true)).stream()
                .filter(each -> each.id().equals(StepId.parse("kube/vip@n1")))
                .map(HostResource.class::cast)
                .findFirst()
                .orElseThrow();
        String[] seconds = lease.split(" ");
        assertThat(vip.desired("").replaceAll("\\s+", " "))
                .contains(
                        "name: vip_leaseduration value: \"" + seconds[0] + "\"",
                        "name: vip_renewdeadline value: \"" + seconds[1] + "\"",
                        "name: vip_retryperiod value: \"" + seconds[2] + "\"");
        assertThat(vip.deviation().isPresent()).isEqualTo(deviates);
        KubeInput real = Samples.input(hosts, input.endpoint(), Set.of(), false);
        assertThat(desired(real, "kube/settings@n1")
                        .contains("kube-controller-manager, kube-scheduler --leader-elect-renew-deadline=40s\n"))
                .as("so that the others' coming is a change of the first one's settings")
                .isEqualTo(controlPlanes == 1);
        assertThat(new NodeSettings(real).leaderFlags().isEmpty()).isEqualTo(controlPlanes > 1);
    }

    @Test
    void aControlPlaneThatComesLaterGetsTheKeyOfTheOthers() {
        KubeInput input = Samples.existing(Samples.options(false), "n2", "n3");
        List<Resource> all = KubeResources.of(input, Samples.supplies(false));
        assertThat(needs(all, "kube/join@n1"))
                .contains(StepId.parse("kube/encryption/key@n2"), StepId.parse("kube/join-credentials@n2"));
        assertThat(all)
                .filteredOn(resource -> resource.id().path().equals("kube/encryption/readable"))
                .extracting(resource -> resource.id().target())
                .containsExactly("n2", "n3");
    }

    @Test
    void everyStepHasAnExplanation() throws IOException {
        Set<String> explained = resource("explain.yaml")
                .lines()
                .filter(line -> line.matches("kube/.*:"))
                .map(line -> line.substring(0, line.length() - 1))
                .collect(Collectors.toSet());
        assertThat(KubeResources.of(Samples.options(false), Samples.supplies(false)))
                .allSatisfy(resource -> assertThat(explained)
                        .anySatisfy(
                                path -> assertThat(resource.id().path() + "/").startsWith(path + "/")));
    }

    @Test
    void joinsGoThroughTheControlPlaneThatIsThere() {
        KubeInput input = Samples.existing(Samples.cluster(false), "n2");
        Set<String> steps = KubeResources.of(input, Samples.supplies(false)).stream()
                .map(resource -> resource.id().toString())
                .collect(Collectors.toSet());
        assertThat(steps)
                .contains("kube/init@n2", "kube/join-credentials@n2", "kube/join@n1", "kube/join@n3", "kube/vip@n1")
                .doesNotContain("kube/init@n1", "kube/join@n2");
    }

    @Test
    void controlPlanesJoinOneAfterAnotherAndWorkersTogether() {
        List<Resource> all = resources(false);
        assertThat(needs(all, "kube/join@n3")).contains(StepId.parse("kube/join@n2"));
        assertThat(needs(all, "kube/join@n4")).noneMatch(each -> each.path().equals("kube/join"));
        assertThat(needs(all, "kube/join@n5")).noneMatch(each -> each.path().equals("kube/join"));
    }

    private static Set<StepId> needs(List<Resource> all, String id) {
        return all.stream()
                .filter(resource -> resource.id().toString().equals(id))
                .findFirst()
                .orElseThrow()
                .needs();
    }

    @Test
    void aNeedIsAlwaysOneOfTheResourcesOrAPreparation() {
        Set<StepId> ids = new HashSet<>();
        resources(false).forEach(resource -> {
            assertThat(resource.needs())
                    .allSatisfy(
                            need -> assertThat(ids.contains(need) || need.path().equals("host/sysctl"))
                                    .isTrue());
            ids.add(resource.id());
        });
    }

    @Test
    void aSingleNodeHasNobodyToJoin() {
        KubeInput input = Samples.input(
                List.of(Samples.host("n1", 11, EnumSet.of(Role.CONTROL_PLANE, Role.WORKER))),
                new EndpointSection(
                        Optional.empty(),
                        Optional.of(new EndpointSection.ExternalEndpoint("lb.corp.local", 6443)),
                        List.of()),
                Set.of(),
                false);
        assertThat(KubeResources.of(input, Samples.supplies(false)))
                .extracting(resource -> resource.id().path())
                .containsExactly(
                        "kube/containerd", "kube/tools", "kube/kubelet", "kube/images", "kube/init", "kube/settings");
    }

    @Test
    void behindABalancerThereIsNoVirtualIpAndItsNameMustBeKnown() throws IOException {
        KubeInput plain = Samples.cluster(false);
        KubeInput input = Samples.input(
                plain.hosts(),
                new EndpointSection(
                        Optional.empty(),
                        Optional.of(new EndpointSection.ExternalEndpoint("lb.corp.local", 443)),
                        List.of()),
                Set.of(),
                false);
        List<Resource> all = KubeResources.of(input, Samples.supplies(false));
        assertThat(all).noneMatch(resource -> resource.id().path().startsWith("kube/vip"));
        assertThat(needs(all, "kube/join-credentials@n1")).contains(StepId.parse("kube/init@n1"));
        for (Resource resource : all) {
            if (Set.of("kube/init@n1", "kube/join@n4").contains(resource.id().toString())) {
                String apply = ((HostResource) resource).apply("", outputs());
                assertThat(apply)
                        .containsSubsequence("getent hosts \"$endpoint\"", "cat >\"$directory/kubeadm.yaml\"")
                        .contains("lb.corp.local:443");
            }
        }
    }

    @Test
    void aHostThatLacksItsOwnAddressCannotHoldTheVirtualOne() {
        KubeInput input = Samples.cluster(false);
        KubeInput moved = Samples.input(
                Stream.of(Samples.host("n1", 11, EnumSet.of(Role.CONTROL_PLANE)))
                        .toList(),
                input.endpoint(),
                Set.of(),
                false);
        moved.facts().computeIfPresent("n1", (name, facts) -> input.facts().get("n2"));
        HostResource vip = (HostResource) KubeResources.of(moved, Samples.supplies(false)).stream()
                .filter(resource -> resource.id().path().equals("kube/vip"))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> vip.desired(""))
                .isInstanceOf(KubeException.class)
                .hasMessage("n1: no network link holds 10.20.0.11, the host's nodeIp");
    }
}
