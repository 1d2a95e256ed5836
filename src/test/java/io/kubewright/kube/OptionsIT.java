package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.resource.HostDirectory;
import io.kubewright.engine.resource.HostDirectory.Result;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.RealApiServer;
import io.kubewright.kubeapi.proof.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
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
            }
        }
    }
}
