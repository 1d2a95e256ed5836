package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.resource.HostDirectory;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How what was seen of nodes, components, etcd, the endpoint and certificates is judged. */
class KubeProofsTest {
    private static final Host N4 = host("n4", "10.77.0.14", Role.WORKER);

    private static Host host(String name, String address, Role role) {
        SshSettings ssh = new SshSettings(
                Optional.empty(), Become.NONE, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return new Host(
                name,
                address,
                IpAddress.parse(address),
                Optional.empty(),
                Set.of(role),
                Map.of(),
                List.of(),
                ssh,
                Pointer.ROOT);
    }

    private static HostLook look(String kubelet, Set<String> containers, Set<String> addresses) {
        return new HostLook(kubelet, Set.of("kube-vip.yaml", "etcd.yaml"), containers, addresses, Map.of());
    }

    private static HostLook kubelet(String state) {
        return look(state, Set.of(), Set.of("10.77.0.14"));
    }

    private static Optional<Asked<HostLook>> answered(HostLook look) {
        return Optional.of(new Asked.Answered<>(look, 5));
    }

    private static KubeObject node(String ready, String version) {
        return KubeYaml.readOne("a node", """
                apiVersion: v1
                kind: Node
                metadata: {name: n4, labels: {kubernetes.io/hostname: n4}}
                status:
                  conditions: [{type: Ready, status: "%s", reason: KubeletReady, message: kubelet is posting ready status}]
                  nodeInfo: {kubeletVersion: %s, containerRuntimeVersion: containerd://2.3.4}
                  addresses: [{type: InternalIP, address: 10.77.0.14}, {type: Hostname, address: n4}]
                """.formatted(ready, version));
    }

    @Test
    void aReadyNodeOfTheRightVersionIsGreen() {
        Verdict verdict =
                NodeProof.judge(N4, "1.36.4", Optional.of(node("True", "v1.36.4")), answered(kubelet("active")));
        assertThat(verdict).isEqualTo(Verdict.ok("Ready, v1.36.4, 10.77.0.14, worker, containerd://2.3.4"));
    }

    @Test
    void aStoppedKubeletIsRedWhileTheApiStillSaysReady() {
        Verdict verdict =
                NodeProof.judge(N4, "1.36.4", Optional.of(node("True", "v1.36.4")), answered(kubelet("inactive")));
        assertThat(verdict).isEqualTo(Verdict.failed("kubelet on n4 is inactive"));
    }

    @Test
    void everyDifferenceOfANodeIsNamed() {
        Verdict verdict = NodeProof.judge(
                host("n4", "10.77.0.99", Role.CONTROL_PLANE),
                "1.36.4",
                Optional.of(node("Unknown", "v1.35.0")),
                answered(kubelet("active")));
        assertThat(verdict.evidence())
                .contains("node n4 is not Ready")
                .contains("version v1.35.0")
                .contains("the kubelet on n4 reports the address 10.77.0.14, the file says 10.77.0.99")
                .contains("no link of host n4 has the file's address 10.77.0.99")
                .contains("is not a control plane");
    }

    @Test
    void aMissingNodeAndAStrangerAreFound() {
        assertThat(NodeProof.judge(N4, "1.36.4", Optional.empty(), answered(kubelet("active")))
                        .evidence())
                .isEqualTo("the cluster has no node n4");
        assertThat(NodeProof.noStrangers(List.of(N4), Set.of("n4", "n9")).evidence())
                .contains("n9");
    }

    private static KubeObject pod() {
        return KubeYaml.readOne("a pod", """
                apiVersion: v1
                kind: Pod
                metadata: {name: etcd-n1, namespace: kube-system}
                status: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: etcd, restartCount: 2}]}
                """);
    }

    @Test
    void aComponentMustRunForTheApiAndForTheHost() {
        Verdict green = ComponentProofs.judge(
                "etcd", "n1", Optional.of(pod()), answered(look("active", Set.of("etcd"), Set.of())));
        assertThat(green.ok()).isTrue();
        assertThat(green.evidence()).endsWith("restarts: 2");
        Verdict stale =
                ComponentProofs.judge("etcd", "n1", Optional.of(pod()), answered(look("active", Set.of(), Set.of())));
        assertThat(stale.evidence()).isEqualTo("containerd on n1 runs no container etcd");
    }

    /** As the controller of nodes leaves it when the kubelet has not reported for 50 s. */
    private static KubeObject givenUp() {
        return KubeYaml.readOne("a pod", """
                apiVersion: v1
                kind: Pod
                metadata: {name: etcd-n1, namespace: kube-system}
                status:
                  phase: Running
                  conditions: [{type: Ready, status: "False"}, {type: ContainersReady, status: "True"}]
                  containerStatuses: [{name: etcd, ready: true, restartCount: 2}]
                """);
    }

    @Test
    void aComponentWhoseKubeletIsSilentIsJudgedByItsHost() {
        Verdict runs = ComponentProofs.judge(
                "etcd", "n1", Optional.of(givenUp()), answered(look("active", Set.of("etcd"), Set.of())));
        assertThat(runs)
                .isEqualTo(Verdict.ok("etcd on n1 runs, and the kubelet there has not reported since, restarts: 2"));
        Verdict gone = ComponentProofs.judge(
                "etcd", "n1", Optional.of(givenUp()), answered(look("active", Set.of(), Set.of())));
        assertThat(gone).isEqualTo(Verdict.failed("containerd on n1 runs no container etcd"));
        Verdict unknown = ComponentProofs.judge(
                "etcd", "n1", Optional.of(givenUp()), Optional.of(new Asked.Silent<>("no way there", 5)));
        assertThat(unknown.evidence()).isEqualTo("host n1 could not be asked about etcd: no way there");
    }

    @Test
    void aRemovedManifestIsNamed() {
        Verdict verdict = ComponentProofs.judge(
                "kube-scheduler", "n1", Optional.empty(), answered(look("active", Set.of(), Set.of())));
        assertThat(verdict.evidence())
                .contains("no pod kube-scheduler-n1")
                .contains("/etc/kubernetes/manifests/kube-scheduler.yaml is not on n1");
    }

    private static KubeObject lease(String holder, String renewed) {
        return KubeYaml.readOne("a lease", """
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: kube-scheduler, namespace: kube-system}
                spec: {holderIdentity: "%s", renewTime: "%s"}
                """.formatted(holder, renewed));
    }

    @Test
    void aLeaderMustRenewItsLease() {
        KubeObject first = lease("n2_1f0c", "2026-11-22T20:00:00.000000Z");
        assertThat(ComponentProofs.judgeLease(
                                "kube-scheduler", first, lease("n2_1f0c", "2026-11-22T20:00:02.000000Z"), 2100)
                        .evidence())
                .isEqualTo("kube-scheduler on n2 leads and renewed its lease within 2100 ms");
        assertThat(ComponentProofs.judgeLease("kube-scheduler", first, first, 20000)
                        .evidence())
                .contains("kube-scheduler on n2")
                .contains("has not renewed it");
    }

    /** As etcdctl 3.6.16 prints with --write-out json: member list, endpoint status, endpoint health. */
    private static final String MEMBERS = """
            {"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"raft_term":2},"members":[
            {"ID":10276657743932975437,"name":"n1","peerURLs":["https://10.77.0.11:2380"],"clientURLs":["https://10.77.0.11:2379"]},
            {"ID":11,"name":"n2","peerURLs":["https://10.77.0.12:2380"],"clientURLs":["https://10.77.0.12:2379"]%s}]}
            """;

    private static final String STATUS = """
            [{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"member_id":10276657743932975437},"version":"3.6.16",
            "dbSize":2138112,"leader":10276657743932975437,"raftIndex":9,"raftTerm":2,"dbSizeInUse":1000}}]
            """;

    @Test
    void membersOfEtcdAreTheControlPlanes() {
        Set<String> expected = new java.util.TreeSet<>(Set.of("n1", "n2"));
        assertThat(EtcdProofs.judgeMembers("n1", expected, MEMBERS.formatted("")))
                .isEqualTo(Verdict.ok("started, voting members: n1, n2"));
        assertThat(EtcdProofs.judgeMembers("n1", expected, MEMBERS.formatted(",\"isLearner\":true"))
                        .evidence())
                .isEqualTo("member n2 of etcd is a learner: it has no vote");
        expected.add("n3");
        assertThat(EtcdProofs.judgeMembers("n1", expected, MEMBERS.formatted(""))
                        .ok())
                .isFalse();
        assertThat(EtcdProofs.judgeMembers("n1", expected, "Error: context deadline exceeded")
                        .evidence())
                .contains("etcd on n1 does not list its members");
    }

    @Test
    void healthOfEtcdNamesTheLeaderAndTheSize() {
        Verdict verdict = EtcdProofs.judgeHealth(
                "n1", "[{\"endpoint\":\"https://127.0.0.1:2379\",\"health\":true,\"took\":\"9.5ms\"}]", STATUS);
        assertThat(verdict)
                .isEqualTo(Verdict.ok("commits in 9.5ms, etcd 3.6.16, database 2088 KiB, leader 8e9e05c52164694d"));
        assertThat(EtcdProofs.judgeHealth(
                                "n1",
                                "[{\"endpoint\":\"https://127.0.0.1:2379\",\"health\":false,\"took\":\"5s\",\"error\":\"context deadline exceeded\"}]",
                                STATUS)
                        .evidence())
                .isEqualTo("etcd on n1 is not healthy: context deadline exceeded");
    }

    /** As crictl 1.36 and etcdctl 3.6.16 word it (cmd/crictl/exec.go; ctlv3/command/ep_command.go). */
    private static final String TIMED_OUT = """
            time="2026-11-23T02:00:00Z" level=fatal msg="execing command in container: command 'etcdctl endpoint health' \
            exited with 1: {\\"level\\":\\"warn\\",\\"msg\\":\\"retrying of unary invoker failed\\",\\"attempt\\":0,\
            \\"error\\":\\"rpc error: code = DeadlineExceeded desc = context deadline exceeded\\"}\\nError: unhealthy cluster\\n"
            """;

    private static final String LEADERLESS = """
            [{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"member_id":11},"version":"3.6.16","dbSize":2138112,
            "raftIndex":9,"raftTerm":2,"errors":["etcdserver: no leader"],"dbSizeInUse":1000}}]
            """;

    @Test
    void aMemberThatIsCutOffKnowsNoLeader() {
        assertThat(EtcdProofs.judgeHealth("n3", TIMED_OUT, LEADERLESS))
                .isEqualTo(Verdict.failed("etcd on n3 is not healthy: rpc error: code = DeadlineExceeded desc = context"
                        + " deadline exceeded; etcd on n3 knows no leader: it does not reach most of the other members"
                        + " (TCP 2380)"));
        assertThat(EtcdProofs.judgeHealth("n3", TIMED_OUT, TIMED_OUT).evidence())
                .isEqualTo("etcd on n3 does not answer etcdctl: rpc error: code = DeadlineExceeded desc = context"
                        + " deadline exceeded");
        assertThat(EtcdProofs.judgeMembers("n3", Set.of("n3"), TIMED_OUT).evidence())
                .isEqualTo("etcd on n3 does not list its members: rpc error: code = DeadlineExceeded desc = context"
                        + " deadline exceeded");
    }

    @Test
    void aWarningBehindTheAnswerOfEtcdIsNoFault() {
        String warned = STATUS + "\n{\"level\":\"warn\",\"error\":\"connection refused\"}\n";
        assertThat(EtcdProofs.judgeHealth("n1", "[{\"health\":true,\"took\":\"9.5ms\"}]", warned)
                        .ok())
                .isTrue();
    }

    @Test
    void theEndpointMustSayOk() {
        Outcome ok = new Outcome("readyz", true, 1, 0, 0, Map.of("200 ok | kubernetes,n2", 1), "", 7);
        assertThat(EndpointProofs.judge("the endpoint 10.77.0.200:6443", "host n4", ok)
                        .evidence())
                .isEqualTo("/readyz says ok after 7 ms; the certificate names kubernetes,n2");
        Outcome silent = new Outcome("readyz", false, 3, 0, 0, Map.of(), "no answer in time", 0);
        assertThat(EndpointProofs.judge("the endpoint 10.77.0.200:6443", "host n4", silent))
                .isEqualTo(Verdict.failed(
                        "the endpoint 10.77.0.200:6443 does not answer host n4 over TLS: no answer in time"));
    }

    @Test
    void exactlyOneHostHoldsTheVirtualAddress() {
        Map<Host, Asked<HostLook>> looks = new LinkedHashMap<>();
        Host n1 = host("n1", "10.77.0.11", Role.CONTROL_PLANE);
        Host n2 = host("n2", "10.77.0.12", Role.CONTROL_PLANE);
        looks.put(n1, new Asked.Answered<>(look("active", Set.of(), Set.of("10.77.0.11", "10.77.0.200")), 1));
        looks.put(n2, new Asked.Answered<>(look("active", Set.of(), Set.of("10.77.0.12")), 1));
        assertThat(EndpointProofs.holder(looks, "10.77.0.200")).isEqualTo(Verdict.ok("n1 alone holds 10.77.0.200"));
        looks.put(n2, new Asked.Answered<>(look("active", Set.of(), Set.of("10.77.0.12", "10.77.0.200")), 1));
        assertThat(EndpointProofs.holder(looks, "10.77.0.200").evidence())
                .isEqualTo("n1 and n2 hold 10.77.0.200 at the same time");
        looks.replaceAll((_, _) -> new Asked.Silent<>("down", 1));
        assertThat(EndpointProofs.holder(looks, "10.77.0.200").ok()).isFalse();
    }

    @Test
    void certificatesAreRedUnderThirtyDays() throws Exception {
        String pem = resource("authority.pem");
        Instant end = ((java.security.cert.X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
                        .generateCertificate(new java.io.ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))))
                .getNotAfter()
                .toInstant();
        Map<String, String> files = Map.of("/etc/kubernetes/pki/ca.crt", pem);
        assertThat(CertificateJudge.judge("n1", files, end.minusSeconds(31 * 86_400L)))
                .isEqualTo(Verdict.ok("days left: ca.crt 31"));
        assertThat(CertificateJudge.judge("n1", files, end.minusSeconds(30 * 86_400L - 1))
                        .evidence())
                .startsWith("/etc/kubernetes/pki/ca.crt on n1 ends in 29 days");
        assertThat(CertificateJudge.judge("n1", Map.of("/x.crt", "nonsense"), end)
                        .evidence())
                .contains("/x.crt on n1 holds no certificate");
        assertThat(CertificateJudge.judge("n1", Map.of(), end).ok()).isFalse();
    }

    @Test
    void aHostsWordsAreRead() {
        // ip -o address show and crictl ps -o json of a lab host, cut.
        HostLook look = HostLook.read(Sections.parse("""
                == kubelet
                active
                == manifests
                etcd.yaml
                kube-vip.yaml
                == containers
                {"containers": [{"id": "1", "metadata": {"name": "etcd", "attempt": 0}, "state": "CONTAINER_RUNNING"}]}
                == addresses
                1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
                2: eth0    inet 10.77.0.11/24 scope global eth0\\       valid_lft forever preferred_lft forever
                2: eth0    inet 10.77.0.200/32 scope global deprecated eth0\\       valid_lft forever preferred_lft 0sec
                == certificate /etc/kubernetes/pki/ca.crt
                PEM
                """));
        assertThat(look.kubelet()).isEqualTo("active");
        assertThat(look.manifests()).containsExactlyInAnyOrder("etcd.yaml", "kube-vip.yaml");
        assertThat(look.containers()).containsExactly("etcd");
        assertThat(look.addresses()).contains("10.77.0.11", "10.77.0.200");
        assertThat(look.certificates()).containsEntry("/etc/kubernetes/pki/ca.crt", "PEM");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(KubeProofsTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void secretsThatCanBeReadAreNamedAndNotShown() {
        String encrypted = "L3JlZ2lzdHJ5L3NlY3JldHMvZGVmYXVsdC9h encrypted\n";
        String readable = "L3JlZ2lzdHJ5L3NlY3JldHMvZGVmYXVsdC9i readable\n";
        assertThat(SecretsProof.judge("n1", encrypted + "== end\n"))
                .isEqualTo(Verdict.ok("all 1 Secrets in etcd on n1 are encrypted"));
        assertThat(SecretsProof.judge("n1", encrypted + readable))
                .isEqualTo(Verdict.failed("1 of 2 Secrets are plain text in etcd on n1: default/b"));
    }

    @Test
    void anAuditLogMustTellOfTheRequestThatWasMade() {
        Audit own = new Audit.PolicyFile(Path.of("/policy"), "");
        assertThat(AuditProof.judge("n1", new Audit.Metadata(), "told Metadata").ok())
                .isTrue();
        assertThat(AuditProof.judge("n1", new Audit.Metadata(), "written").ok()).isFalse();
        assertThat(AuditProof.judge("n1", own, "written").ok()).isTrue();
        assertThat(AuditProof.judge("n1", own, "empty").evidence()).contains("lets nothing through");
        assertThat(AuditProof.judge("n1", own, "none").evidence()).contains("n1 writes no audit log");
    }

    @Test
    void theRequestIsLookedForInTheLogUnderItsName(@TempDir Path directory) throws IOException {
        HostDirectory host = new HostDirectory(directory.toRealPath());
        Host controlPlane = Samples.host("n1", 11, EnumSet.of(Role.CONTROL_PLANE));
        host.program("kubectl", "exit 1").program("sleep", "true");
        assertThat(host.run(AuditProof.script(controlPlane, "name-1")).output()).isEqualTo("none\n");
        host.file(NodeSettings.AUDIT_LOG, "");
        assertThat(host.run(AuditProof.script(controlPlane, "name-1")).output()).isEqualTo("empty\n");
        host.file(NodeSettings.AUDIT_LOG, "{\"level\":\"Metadata\",\"requestURI\":\"/name-10\"}\n");
        assertThat(host.run(AuditProof.script(controlPlane, "name-2")).output()).isEqualTo("written\n");
        assertThat(host.run(AuditProof.script(controlPlane, "name-10")).output())
                .isEqualTo("told Metadata\n");
        assertThat(host.calls("kubectl"))
                .allMatch(call -> call.contains("--server https://10.20.0.11:6443 "))
                .anyMatch(call -> call.endsWith("get --raw /api/v1/namespaces/default/configmaps/name-10"));
    }
}
