package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.resource.HostDirectory;
import io.kubewright.engine.resource.HostDirectory.Result;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.RealApiServer;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The options of a control plane against a real API server and a real etcd: what our fragments write is what these take, and
 * what the proofs look at is what these leave behind.
 */
class OptionsIT {
    @TempDir
    private Path directory;

    private static void create(KubeClient client, String name) throws InterruptedException {
        client.create(new KubeObject(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of("name", name, "namespace", "default"),
                "stringData",
                Map.of("password", "hunter2"))));
    }

    private static Verdict look(HostDirectory host) {
        Result result = host.run(Templates.text("etcd.sh") + LOCAL_ETCD + Templates.text("secrets.sh") + "secrets\n");
        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output()).doesNotContain("hunter2");
        return SecretsProof.judge("n1", result.output());
    }

    /** In the place of the way through the container. */
    private static final String LOCAL_ETCD = "ask() { etcdctl \"$@\"; }\n";

    @Test
    void secretsAreEncryptedOnAClusterThatRunsAndStayReadableForItsUsers() throws Exception {
        HostDirectory host =
                new HostDirectory(Files.createDirectories(directory.toRealPath().resolve("host")));
        try (RealApiServer server = RealApiServer.start(Files.createDirectories(directory.resolve("server")))) {
            host.program(
                    "etcdctl",
                    "shift; shift; exec " + server.binary("etcdctl") + " --endpoints " + server.etcd() + " \"$@\"");
            host.program(
                    "kubectl",
                    "shift; shift; exec " + server.binary("kubectl") + " --kubeconfig " + server.adminConf()
                            + " \"$@\"");
            String configuration =
                    host.path("/etc/kubernetes/kubewright/encryption.yaml").toString();
            try (ClusterApi api = server.api()) {
                assertThat(look(host).ok()).isTrue();
                for (int i = 0; i < 120; i++) {
                    create(api.client(), "plain-" + i);
                }
            }
            assertThat(look(host).evidence())
                    .startsWith("120 of 120 Secrets are plain text in etcd on n1: default/plain-0, default/plain-1,");

            assertThat(host.run(Templates.text("encryption.sh") + "new_encryption readable\n")
                            .status())
                    .isZero();
            server.restart("--encryption-provider-config=" + configuration);
            try (ClusterApi api = server.api()) {
                create(api.client(), "learning");
            }
            assertThat(look(host).evidence()).startsWith("121 of 121 Secrets");

            assertThat(host.run(Templates.text("encryption.sh") + "encryption written\n")
                            .status())
                    .isZero();
            server.restart("--encryption-provider-config=" + configuration);
            try (ClusterApi api = server.api()) {
                create(api.client(), "hidden");
                assertThat(look(host).evidence()).startsWith("121 of 122 Secrets");

                Result rewritten = host.run("directory=/none\n" + Templates.text("etcd.sh") + LOCAL_ETCD
                        + Templates.text("secrets.sh") + Templates.text("encryption-rewrite.sh"));
                assertThat(rewritten.status()).as(rewritten.errors()).isZero();
                assertThat(look(host)).isEqualTo(Verdict.ok("all 122 Secrets in etcd on n1 are encrypted"));
                assertThat(api.client()
                                .get(ObjectRef.of("v1", "Secret", "default", "plain-7"))
                                .orElseThrow()
                                .at("data", "password")
                                .text(""))
                        .isEqualTo("aHVudGVyMg==");

                // What the table of faults makes on a real cluster.
                host.run("etcdctl a b put /registry/secrets/default/fault '{\"apiVersion\":\"v1\",\"kind\":\"Secret\","
                        + "\"type\":\"Opaque\",\"metadata\":{\"name\":\"fault\",\"namespace\":\"default\"}}'\n");
                assertThat(api.client().get(ObjectRef.of("v1", "Secret", "default", "fault")))
                        .isPresent();
                assertThat(look(host).evidence())
                        .isEqualTo("1 of 123 Secrets are plain text in etcd on n1: default/fault");
            }
        }
    }

    @Test
    void theAuditPolicyTellsOfASecretThatWasReadAndNotWhatIsInIt() throws Exception {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), Templates.text("audit-policy.yaml"));
        Path log = directory.resolve("audit.log");
        try (RealApiServer server = RealApiServer.start(Files.createDirectories(directory.resolve("server")))) {
            server.restart("--audit-policy-file=" + policy, "--audit-log-path=" + log);
            try (ClusterApi api = server.api()) {
                create(api.client(), "told");
                assertThat(api.client().get(ObjectRef.of("v1", "Secret", "default", "told")))
                        .isPresent();
                api.client().read("/api/v1/namespaces/default/configmaps/nobody-has-this");
                api.client().read("/readyz");
            }
            List<String> lines = Files.readAllLines(log);
            assertThat(lines)
                    .anyMatch(line -> line.contains("\"verb\":\"get\"") && line.contains("\"name\":\"told\""))
                    .anyMatch(line -> line.contains("nobody-has-this") && line.contains("\"level\":\"Metadata\""))
                    .noneMatch(line -> line.contains("hunter2") || line.contains("aHVudGVyMg"))
                    .noneMatch(line -> line.contains("\"requestURI\":\"/readyz"));
        }
    }

    @Test
    void aRequestForAServingCertificateIsReadAndApproved() throws Exception {
        try (RealApiServer server = RealApiServer.start(Files.createDirectories(directory.resolve("server")))) {
            KubeObject csr = new KubeObject(Map.of(
                    "apiVersion",
                    "certificates.k8s.io/v1",
                    "kind",
                    "CertificateSigningRequest",
                    "metadata",
                    Map.of("name", "csr-n1"),
                    "spec",
                    Map.of(
                            "signerName",
                            ServingRequest.SIGNER,
                            "usages",
                            List.of("digital signature", "server auth"),
                            "request",
                            ServingRequestTest.request(
                                    "O=system:nodes,CN=system:node:n1",
                                    ServingRequestTest.dns("n1"),
                                    ServingRequestTest.ip("10.20.0.11")))));
            Path file = Files.writeString(directory.resolve("csr.yaml"), KubeYaml.write(csr));
            Process create = new ProcessBuilder(
                            server.binary("kubectl").toString(),
                            "--kubeconfig",
                            server.adminConf().toString(),
                            "--as",
                            "system:node:n1",
                            "--as-group",
                            "system:nodes",
                            "create",
                            "-f",
                            file.toString())
                    .inheritIO()
                    .start();
            assertThat(create.waitFor()).isZero();
            try (ClusterApi api = server.api()) {
                ObjectRef ref = ObjectRef.of("certificates.k8s.io/v1", "CertificateSigningRequest", "csr-n1");
                ServingRequest asked = new ServingRequest(api.client().get(ref).orElseThrow());
                assertThat(asked.isPending()).isTrue();
                assertThat(asked.node()).contains("n1");
                assertThat(asked.objection(Samples.host("n1", 11, EnumSet.of(Role.WORKER))))
                        .isEmpty();
                assertThat(asked.objection(Samples.host("n2", 12, EnumSet.of(Role.WORKER))))
                        .isPresent();
                api.client().approve(ref, "NamesOfTheHost", "it asks for what it is");
                KubeObject approved = api.client().get(ref).orElseThrow();
                assertThat(approved.is("Approved")).isTrue();
                assertThat(new ServingRequest(approved).isPending()).isFalse();
            }
        }
    }
}
