package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that ask the API server of their own node, in the moments in which it does not know anybody (yet). */
class OwnApiTest {
    private static final String FORBIDDEN = "echo 'Error from server (Forbidden): roles is forbidden' >&2; exit 1";

    @TempDir
    private Path directory;

    private HostDirectory host;
    private VipRights rights;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("systemctl", "true");
        host.file("/etc/kubernetes/admin.conf", "    server: https://10.0.0.100:6443\n")
                .file("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod\n");
        rights = (VipRights) KubeResources.of(Samples.cluster(false), Samples.supplies(false)).stream()
                .filter(VipRights.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    /** How often kubectl was called; a call's own text may take more than a line. */
    private long asked() throws IOException {
        return host.calls("kubectl").stream()
                .filter(line -> line.contains("--kubeconfig"))
                .count();
    }

    @Test
    void oneThatAnswersIsAskedOnce() throws IOException {
        host.program("kubectl", "echo 'Role of kube-vip'");
        assertThat(host.probe(rights)).isEqualTo("Role of kube-vip\n");
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void oneThatDoesNotKnowAnyRightsYetIsWaitedFor() throws IOException {
        // An API server that was just started refuses everybody, its own readiness included.
        host.program("kubectl", """
                if [ "$(grep -c kubeconfig "$0.calls")" -le 2 ]; then %s; fi
                case $* in *readyz*) echo ok ;; *) echo 'Role of kube-vip' ;; esac
                """.formatted(FORBIDDEN));
        assertThat(host.probe(rights)).isEqualTo("Role of kube-vip\n");
        assertThat(asked()).isEqualTo(4);
    }

    @Test
    void whatIsRefusedByOneThatIsReadyIsToldInItsWords() throws IOException {
        host.program("kubectl", "case $* in *readyz*) echo ok ;; *) " + FORBIDDEN + " ;; esac");
        HostDirectory.Result result = host.run(rights.probe());
        assertThat(result.status()).isNotZero();
        assertThat(result.output()).isEmpty();
        assertThat(result.errors()).contains("roles is forbidden");
    }

    @Test
    void whereTheKubeletDoesNotRunNobodyWaits() throws IOException {
        host.program("systemctl", "exit 3").program("kubectl", "echo 'connection refused' >&2; exit 1");
        HostDirectory.Result result = host.run(rights.probe());
        assertThat(result.status()).isNotZero();
        assertThat(result.errors()).contains("connection refused");
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void labelsOfOthersAreLeftOut() throws IOException {
        host.program("kubectl", "printf 'n2 rack=b\\nn1 rack=a\\nn1 other=x\\n'");
        NodeLabels labels = new NodeLabels(
                rights.node(),
                Set.of(),
                List.of(new NodeLabels.Label("n1", "rack", "a"), new NodeLabels.Label("n2", "rack", "a")));
        assertThat(host.probe(labels)).isEqualTo("n1 rack=a\nn2 rack=b\n");
        host.program("kubectl", FORBIDDEN.replace("roles", "nodes") + "\n").program("systemctl", "exit 3");
        assertThat(host.run(labels.probe()).status()).isNotZero();
    }
}
