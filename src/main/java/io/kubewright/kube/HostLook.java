package io.kubewright.kube;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a host says of its part in the cluster, whatever the API says.
 *
 * @param kubelet as systemd calls its unit's state: {@code active}, {@code inactive}, {@code failed}
 * @param manifests names of the files in the directory of static pods
 * @param containers names of the running containers of kube-system
 * @param addresses of the host's links, without prefix length
 * @param certificates PEM texts by file; no keys
 */
record HostLook(
        String kubelet,
        Set<String> manifests,
        Set<String> containers,
        Set<String> addresses,
        Map<String, String> certificates) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Of kubeconfigs and of the kubelet's pairs, which hold a key too, only the certificate is printed. */
    private static final String SCRIPT = """
            {
            set -u
            echo "== kubelet"
            systemctl is-active kubelet
            echo "== manifests"
            ls /etc/kubernetes/manifests 2>/dev/null
            echo "== containers"
            timeout 10 crictl --runtime-endpoint unix:///run/containerd/containerd.sock ps --state Running \\
              --label io.kubernetes.pod.namespace=kube-system -o json
            echo "== addresses"
            ip -o address show
            for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt; do
              if [ -f "$file" ]; then echo "== certificate $file"; cat "$file"; fi
            done
            for file in /etc/kubernetes/*.conf; do
              if grep -q '^ *client-certificate-data: ' "$file" 2>/dev/null; then
                echo "== certificate $file"
                sed -n 's/^ *client-certificate-data: *//p' "$file" | base64 -d
              fi
            done
            for file in /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki/kubelet-server-current.pem \\
              /var/lib/kubelet/pki/kubelet.crt; do
              if [ -f "$file" ]; then
                echo "== certificate $file"
                sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' "$file"
              fi
            done
            echo "== end"
            } </dev/null
            """;

    static Map<Host, Asked<HostLook>> at(List<Host> hosts, Targets targets) throws InterruptedException {
        return Together.ask(hosts, LIMIT.plusSeconds(5), host -> {
            ScriptResult result = targets.get(host.name()).run(SCRIPT, LIMIT, _ -> {});
            if (result.exitCode() != 0 || !result.stdout().endsWith("== end\n")) {
                throw new TargetException(
                        host.name(),
                        TargetException.Code.PROTOCOL,
                        "could not be looked at: " + result.stderr().strip(),
                        "Run it again.");
            }
            return read(Sections.parse(result.stdout()));
        });
    }

    static HostLook read(Sections sections) {
        return new HostLook(
                sections.get("kubelet"),
                words(sections.get("manifests")),
                containers(sections.get("containers")),
                addresses(sections.get("addresses")),
                new LinkedHashMap<>(sections.under("certificate ")));
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    private static Set<String> containers(String text) {
        try {
            List<String> names = new ArrayList<>();
            for (JsonNode each : MAPPER.readTree(text.isEmpty() ? "{}" : text).path("containers")) {
                names.add(each.path("metadata").path("name").asString(""));
            }
            return Set.copyOf(names);
        } catch (JacksonException _) {
            // containerd does not answer: nothing is seen to run.
            return Set.of();
        }
    }

    private static Set<String> addresses(String text) {
        return text.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > 3)
                .map(fields -> fields[3].replaceFirst("/.*", ""))
                .collect(Collectors.toSet());
    }
}
