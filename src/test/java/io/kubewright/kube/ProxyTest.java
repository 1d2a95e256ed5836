package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxies of containerd and the kubelet, really put into directories that look like hosts. */
class ProxyTest {
    private static final String DROP_IN = "/etc/systemd/system/%s.service.d/kubewright-proxy.conf";

    @TempDir
    private Path directory;

    private HostDirectory host;

    /** containerd runs, and takes up what its drop-in has whenever it starts; the kubelet does not run yet. */
    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.file("/proc/42/environ", "PATH=/bin\0no_proxy=x\0");
        host.program("systemctl", """
                root=${0%/*}/..
                case $* in
                *MainPID*containerd.service) echo 42 ;;
                *MainPID*) echo 0 ;;
                'restart containerd.service')
                    { echo PATH=/bin; sed -n 's/^Environment="\\(.*\\)"$/\\1/p' "$root"/etc/systemd/system/containerd.service.d/*.conf; } |
                        sed 's/%%/%/g' | tr '\\n' '\\0' >"$root/proc/42/environ" ;;
                esac
                """);
    }

    private static Proxy proxy(String https) {
        ProxySettings settings = new ProxySettings(
                Optional.of("http://proxy.corp.local:3128"), Optional.of(https), List.of(".corp.local", "10.0.0.0/8"));
        return new Proxy(StepId.parse("kube/proxy@n1"), Set.of(), settings.environment(Samples.cluster(false)));
    }

    private List<String> restarts() throws IOException {
        return host.calls("systemctl").stream()
                .filter(call -> call.startsWith("restart"))
                .toList();
    }

    @Test
    void theClusterItselfIsNeverBehindAProxy() {
        assertThat(new ProxySettings(Optional.empty(), Optional.of("http://p:1"), List.of(".corp.local", "localhost"))
                        .environment(Samples.dualStack()))
                .containsOnlyKeys("HTTPS_PROXY", "NO_PROXY")
                .containsEntry(
                        "NO_PROXY",
                        "localhost,127.0.0.0/8,::1,.svc,.cluster.local,10.20.0.11,fd00:20::11,10.20.0.10,10.244.0.0/16,"
                                + "fd00:10:244::/56,10.96.0.0/16,fd00:10:96::/112,.corp.local");
    }

    @Test
    void aServiceThatRunsWithOthersIsStartedAgainAndOnlyThat() throws IOException {
        Proxy proxy = proxy("http://proxy.corp.local:3128/a%20b");
        assertThat(host.probe(proxy)).isEqualTo("containerd.service runs with other proxies\n");

        assertThat(host.apply(proxy)).isEqualTo(proxy.desired(""));
        assertThat(host.read(DROP_IN.formatted("kubelet")))
                .isEqualTo(host.read(DROP_IN.formatted("containerd")))
                .contains("\nEnvironment=\"HTTPS_PROXY=http://proxy.corp.local:3128/a%%20b\"\n")
                .contains("\nEnvironment=\"NO_PROXY=localhost,");
        assertThat(restarts()).containsExactly("restart containerd.service");

        host.apply(proxy);
        assertThat(restarts()).hasSize(1);

        host.apply(proxy("http://other.corp.local:3128"));
        assertThat(restarts()).hasSize(2);
    }

    @Test
    void undoTakesThemOutOfWhatRuns() throws IOException {
        Proxy proxy = proxy("http://proxy.corp.local:3128");
        host.apply(proxy);
        assertThat(host.run(proxy.undo()).status()).isZero();
        assertThat(host.exists("/etc/systemd/system/containerd.service.d")).isFalse();
        assertThat(host.exists("/etc/systemd/system/kubelet.service.d")).isFalse();
        assertThat(host.read("/proc/42/environ")).doesNotContain("HTTP_PROXY");
    }
}
