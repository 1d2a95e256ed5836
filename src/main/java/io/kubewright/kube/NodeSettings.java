package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.Digest;
import io.kubewright.engine.resource.Heredoc;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the file asks of the programs of a node beyond that they run: flags, certificate names, files beside the manifests,
 * the kubelet's configuration. As a text it is the state of {@link Settings}; init and join begin with it.
 */
final class NodeSettings {
    /** What of ours lies beside kubeadm's files; gone with them. */
    static final String DIRECTORY = "/etc/kubernetes/kubewright";

    static final String PATCHES = DIRECTORY + "/patches";
    static final String ENCRYPTION = DIRECTORY + "/encryption.yaml";

    private static final String POLICY = DIRECTORY + "/audit-policy.yaml";
    private static final String LOGS = "/var/log/kubernetes/audit";
    static final String AUDIT_LOG = LOGS + "/audit.log";

    /** kubeadm 1.36 takes "merge" and "strategic" for all; a list in the kubelet's configuration is replaced by either. */
    private static final Map<String, String> PATCH_TYPES = Map.of("kubeletconfiguration", "merge");

    /** Begins the line of a control plane's settings with the networks that its cluster was made with. */
    static final String NETWORKS = "networks: ";

    /** Begins the line with the addresses that the node joined with. */
    static final String ADDRESSES = "addresses: ";

    private static final String KUBELET = "kubeletconfiguration";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Whether the API server writes Secrets encrypted, or only reads those that are. */
    enum Encryption {
        WRITTEN,
        READABLE;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** 2 s by default; the liveness probe of kubeadm's manifest, which asks whether etcd answers, waits 15 s. */
    private static final String PATIENCE_WITH_ETCD = "10s";

    /**
     * Flags of the controller manager and the scheduler, which end when they cannot renew their lease in time (10 s of 15 s by
     * default).
     */
    private static final Map<String, String> PATIENT_LEADERS = Map.of(
            "leader-elect-lease-duration", "60s",
            "leader-elect-renew-deadline", "40s",
            "leader-elect-retry-period", "10s");

    private final KubeInput input;

    NodeSettings(KubeInput input) {
        this.input = input;
    }

    private KubernetesSection kubernetes() {
        return input.kubernetes();
    }

    /** Flags of the API server; those of the file come last and may change, for one, how the audit log is rotated. */
    Map<String, String> apiServerFlags() {
        Map<String, String> flags = new TreeMap<>();
        flags.put("etcd-healthcheck-timeout", PATIENCE_WITH_ETCD);
        if (audits()) {
            flags.put("audit-policy-file", POLICY);
            flags.put("audit-log-path", AUDIT_LOG);
            flags.put("audit-log-maxage", "30");
            flags.put("audit-log-maxbackup", "10");
            flags.put("audit-log-maxsize", "100");
        }
        if (kubernetes().encryptionAtRest()) {
            flags.put("encryption-provider-config", ENCRYPTION);
        }
        if (kubernetes().kubeletServingCertificates()) {
            flags.put("kubelet-certificate-authority", "/etc/kubernetes/pki/ca.crt");
        }
        flags.putAll(kubernetes().apiServerExtraArgs());
        return flags;
    }

    /**
     * Flags of the controller manager and the scheduler. Where nobody can take over, a lease that is lost is an outage for
     * nothing; where processors are scarce, starting anew takes more of them than anything else that the two do.
     */
    Map<String, String> leaderFlags() {
        return input.hasLoneControlPlane() || input.anyHas(Deviation.SHARED_PROCESSORS) ? PATIENT_LEADERS : Map.of();
    }

    /** Directories and files of the host that the API server's flags name. */
    List<Map<String, Object>> apiServerVolumes() {
        List<Map<String, Object>> volumes = new java.util.ArrayList<>();
        if (audits()) {
            volumes.add(volume("audit-policy", POLICY, "File", true));
            volumes.add(volume("audit-log", LOGS, "DirectoryOrCreate", false));
        }
        if (kubernetes().encryptionAtRest()) {
            volumes.add(volume("encryption", ENCRYPTION, "File", true));
        }
        return volumes;
    }

    private static Map<String, Object> volume(String name, String path, String type, boolean readOnly) {
        return Map.of(
                "name", "kubewright-" + name,
                "hostPath", path,
                "mountPath", path,
                "pathType", type,
                "readOnly", readOnly);
    }

    /** The API server reads these files at its start alone: a change of them must be one of its pod, or nothing restarts it. */
    List<Map<String, String>> apiServerVariables(Encryption encryption) {
        Map<String, String> variables = new TreeMap<>();
        if (audits()) {
            variables.put("KUBEWRIGHT_AUDIT_POLICY", Digest.sha256(policy()));
        }
        if (kubernetes().encryptionAtRest()) {
            variables.put("KUBEWRIGHT_SECRETS", encryption.word());
        }
        return variables.entrySet().stream()
                .map(each -> Map.of("name", each.getKey(), "value", each.getValue()))
                .toList();
    }

    boolean patches() {
        return !kubernetes().patches().isEmpty();
    }

    /** Names that every API server's certificate has besides those of the hosts. */
    Set<String> certificateNames() {
        Set<String> names = new LinkedHashSet<>();
        names.add(input.endpoint().host());
        names.addAll(input.endpoint().names());
        names.addAll(kubernetes().apiServerExtraSans());
        return names;
    }

    /**
     * All of it in words, without secrets.
     *
     * @param kubelet the kubelet's configuration
     */
    String text(Node node, KubeObject kubelet) {
        StringBuilder text = new StringBuilder();
        text.append(ADDRESSES).append(node.addresses()).append('\n');
        if (node.host().isControlPlane()) {
            text.append("control plane:\n");
            line(text, "certificate names: " + String.join(", ", certificateNames()));
            line(text, NETWORKS + networks());
            if (kubernetes().encryptionAtRest()) {
                line(text, "Secrets in etcd: encrypted");
            }
            apiServerFlags().forEach((flag, value) -> line(text, "kube-apiserver --" + flag + "=" + value));
            if (input.hasLoneControlPlane()) {
                new TreeMap<>(PATIENT_LEADERS)
                        .forEach((flag, value) ->
                                line(text, "kube-controller-manager, kube-scheduler --" + flag + "=" + value));
            }
            if (audits()) {
                block(text, "audit policy", policy());
            }
            kubernetes().patches().keySet().stream()
                    .filter(component -> !component.equals(KUBELET))
                    .sorted()
                    .forEach(component -> block(text, "patch " + component, patch(component)));
        }
        text.append("kubelet:\n");
        block(text, "configuration", KubeYaml.write(kubelet));
        if (kubernetes().patches().containsKey(KUBELET)) {
            block(text, "patch " + KUBELET, patch(KUBELET));
        }
        return text.toString();
    }

    private String networks() {
        return Stream.concat(
                        kubernetes().podCidr().stream().map(each -> "pods " + each),
                        kubernetes().serviceCidr().stream().map(each -> "services " + each))
                .collect(Collectors.joining(", "));
    }

    private static void line(StringBuilder text, String line) {
        text.append("  ").append(line.replace("\n", " ")).append('\n');
    }

    private static void block(StringBuilder text, String name, String content) {
        text.append("  ").append(name).append(":\n");
        content.lines().forEach(line -> text.append("    ").append(line).append('\n'));
    }

    /** Fragment that puts the files of these settings, but for the key, where kubeadm and the API server look for them. */
    String place(Node node) {
        Map<String, String> files = new LinkedHashMap<>();
        if (audits() && node.host().isControlPlane()) {
            files.put("audit-policy.yaml", policy());
        }
        kubernetes().patches().keySet().stream().sorted().forEach(component -> {
            if (node.host().isControlPlane() || component.equals(KUBELET)) {
                files.put("patches/" + fileName(component), patch(component));
            }
        });
        return (patches() ? "rm -rf " + PATCHES + "\nmkdir -p " + PATCHES + "\n" : "")
                + files.entrySet().stream()
                        .map(file -> "place " + file.getKey() + " " + Heredoc.of(file.getValue()))
                        .collect(Collectors.joining());
    }

    /** Fragment that removes files that these settings no longer name. */
    String tidy() {
        return (audits() ? "" : "rm -f " + POLICY + "\n") + (patches() ? "" : "rm -rf " + PATCHES + "\n");
    }

    private static String fileName(String component) {
        return component + "+" + PATCH_TYPES.getOrDefault(component, "strategic") + ".yaml";
    }

    private String patch(String component) {
        @SuppressWarnings("unchecked")
        Map<String, Object> tree = MAPPER.readValue(
                java.util.Optional.ofNullable(kubernetes().patches().get(component))
                        .orElseThrow(),
                Map.class);
        return KubeYaml.write(new KubeObject(tree));
    }

    private boolean audits() {
        return !(kubernetes().audit() instanceof Audit.None);
    }

    private String policy() {
        return switch (kubernetes().audit()) {
            case Audit.None _ -> "";
            case Audit.Metadata _ -> Templates.text("audit-policy.yaml");
            case Audit.PolicyFile file -> file.content();
        };
    }
}
