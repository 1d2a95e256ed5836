package io.kubewright.kube;

import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.Tree;
import io.kubewright.spec.CanonicalJson;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.Names;
import io.kubewright.spec.Node.Mapping;
import io.kubewright.spec.SectionSchema;
import io.kubewright.spec.SourceDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How Kubernetes itself is set up.
 *
 * @param version MAJOR.MINOR.PATCH without a leading v
 * @param podCidr one network, or an IPv4 and an IPv6 one in that order or the other
 * @param serviceCidr as many networks and of the same families as podCidr
 * @param apiServerExtraArgs flags without leading dashes
 * @param patches kubeadm patches by component, each the patch as a JSON text
 */
public record KubernetesSection(
        String version,
        List<Cidr> podCidr,
        List<Cidr> serviceCidr,
        boolean encryptionAtRest,
        Audit audit,
        boolean kubeletServingCertificates,
        Map<String, String> apiServerExtraArgs,
        List<String> apiServerExtraSans,
        Map<String, String> patches) {
    /** Whether pods and services have addresses of both IP families. */
    public boolean dualStack() {
        return podCidr.size() > 1;
    }

    /** MAJOR.MINOR. */
    public String minor() {
        return version.substring(0, version.lastIndexOf('.'));
    }

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("kubernetes", KubernetesSection.class);

    /** kubeadm gives each node a network of this prefix length, as kube-controller-manager's defaults have it. */
    private static final int NODE_PREFIX_IPV4 = 24;

    /** Flags of the API server that something else of the file or kubeadm sets, with who does. */
    private static final Map<String, String> OWNED_FLAGS = Templates.text("api-server-flags.tsv")
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("\t", 2))
            .collect(Collectors.toUnmodifiableMap(row -> row[0], row -> row[1]));

    private static final int NODE_PREFIX_IPV6 = 64;

    /** kubeadm refuses a service network with more host bits than this, and one with fewer than ten addresses. */
    private static final int MOST_SERVICE_BITS = 20;

    private static final int LEAST_SERVICE_BITS = 4;

    /** Reads and checks; {@code hostCount} is how many nodes podCidr must serve. */
    public static KubernetesSection read(Fields fields, SourceDirectory directory, int hostCount) {
        String version = fields.parsed("version", Code.BAD_VERSION, KubernetesSection::version)
                .orElseThrow();
        List<Item<Cidr>> pods = fields.parsedAll("podCidr", Code.BAD_NETWORK, Cidr::parse);
        List<Item<Cidr>> services = fields.parsedAll("serviceCidr", Code.BAD_NETWORK, Cidr::parse);
        checkPair(fields, "podCidr", pods);
        checkPair(fields, "serviceCidr", services);
        checkSameFamilies(fields, pods, services);
        pods.forEach(pod -> checkPodSize(fields, pod, hostCount));
        services.forEach(service -> checkServiceSize(fields, service));
        Fields apiServer = fields.section("apiServer");
        Map<String, String> extraArgs = apiServer.textMap("extraArgs");
        extraArgs.keySet().forEach(flag -> checkFlag(apiServer, flag));
        return new KubernetesSection(
                version,
                Item.values(pods),
                Item.values(services),
                fields.flag("encryptionAtRest"),
                audit(fields.section("audit"), directory),
                fields.flag("kubeletServingCertificates"),
                Collections.unmodifiableMap(extraArgs),
                Item.values(apiServer.parsedAll("extraSans", Code.BAD_NAME, Names::dnsOrAddress)),
                patches(fields));
    }

    private static String version(String text) {
        if (!text.matches("(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a version: write MAJOR.MINOR.PATCH, such as 1.36.4"
                            + (text.startsWith("v") ? ", without a leading v" : ""));
        }
        return text;
    }

    private static void checkPair(Fields fields, String key, List<Item<Cidr>> networks) {
        if (networks.size() == 2
                && networks.get(0).value().isIpv6() == networks.get(1).value().isIpv6()) {
            fields.reject(
                    Code.FAMILY_MISMATCH,
                    networks.get(1).place(),
                    key + " takes a second network only of the other IP family",
                    "keep one network, or pair an IPv4 one with an IPv6 one");
        }
    }

    private static void checkSameFamilies(Fields fields, List<Item<Cidr>> pods, List<Item<Cidr>> services) {
        List<Boolean> podFamilies =
                pods.stream().map(pod -> pod.value().isIpv6()).toList();
        List<Boolean> serviceFamilies =
                services.stream().map(service -> service.value().isIpv6()).toList();
        if (!pods.isEmpty() && !services.isEmpty() && !podFamilies.equals(serviceFamilies)) {
            fields.reject(
                    Code.FAMILY_MISMATCH,
                    fields.has("serviceCidr") ? "serviceCidr" : "podCidr",
                    "podCidr and serviceCidr must have the same IP families in the same order: the first family is the"
                            + " one services get by default",
                    "give both the same number of networks, IPv4 and IPv6 in the same order");
        }
    }

    private static void checkPodSize(Fields fields, Item<Cidr> pod, int hostCount) {
        int nodeBits = (pod.value().isIpv6() ? NODE_PREFIX_IPV6 : NODE_PREFIX_IPV4)
                - pod.value().prefix();
        if (nodeBits < 0 || nodeBits < 31 && 1 << nodeBits < hostCount) {
            fields.reject(
                    Code.TOO_SMALL,
                    pod.place(),
                    "each node takes a /" + (pod.value().isIpv6() ? NODE_PREFIX_IPV6 : NODE_PREFIX_IPV4)
                            + " of the pod network; " + pod.value() + " has room for "
                            + (nodeBits < 0 ? 0 : 1 << nodeBits) + " of " + hostCount + " hosts",
                    "take a larger network, such as a /" + (pod.value().isIpv6() ? 56 : 16));
        }
        if (nodeBits > 16) {
            fields.reject(
                    Code.TOO_LARGE,
                    pod.place(),
                    "kube-controller-manager hands out at most 65536 node networks; " + pod.value()
                            + " would hold more",
                    "take a smaller network, such as a /" + (pod.value().isIpv6() ? 56 : 16));
        }
    }

    private static void checkServiceSize(Fields fields, Item<Cidr> service) {
        int bits = service.value().network().bits() - service.value().prefix();
        if (bits > MOST_SERVICE_BITS) {
            fields.reject(
                    Code.TOO_LARGE,
                    service.place(),
                    "kubeadm takes a service network of at most 2^" + MOST_SERVICE_BITS + " addresses",
                    "take at most a /" + (service.value().network().bits() - MOST_SERVICE_BITS));
        }
        if (bits < LEAST_SERVICE_BITS) {
            fields.reject(
                    Code.TOO_SMALL,
                    service.place(),
                    "kubeadm takes a service network of at least ten addresses",
                    "take at least a /" + (service.value().network().bits() - LEAST_SERVICE_BITS));
        }
    }

    private static void checkFlag(Fields apiServer, String flag) {
        if (!flag.matches("[a-z][a-z0-9-]*")) {
            apiServer.reject(
                    Code.BAD_NAME,
                    apiServer.at("extraArgs").child(flag),
                    "'" + flag + "' is not a flag of the API server",
                    flag.startsWith("-") ? "write it without the leading dashes" : "");
        }
        Optional.ofNullable(OWNED_FLAGS.get(flag))
                .ifPresent(owner -> apiServer.reject(
                        Code.CONFLICT,
                        apiServer.at("extraArgs").child(flag),
                        "'" + flag + "' is set by " + owner
                                + (owner.equals("kubeadm") ? " on every control plane" : " of this file"),
                        owner.equals("kubeadm")
                                ? "remove it; what kubeadm sets itself can be changed by patches, at your own risk"
                                : "remove it, and set " + owner));
    }

    private static Audit audit(Fields audit, SourceDirectory directory) {
        Optional<Audit> file =
                audit.section("policy").parsed("file", Code.BAD_FORMAT, text -> policyFile(directory.resolve(text)));
        return file.orElseGet(
                () -> audit.text("policy").equals(Optional.of("metadata")) ? new Audit.Metadata() : new Audit.None());
    }

    /** An API server does not start with a policy it cannot read, so it is looked at before it gets there. */
    private static Audit policyFile(Path path) {
        String content;
        try {
            content = Files.readString(path);
        } catch (IOException e) {
            throw new IllegalArgumentException("the audit policy " + path + " cannot be read: " + e.getMessage(), e);
        }
        KubeObject policy;
        try {
            policy = KubeYaml.readOne("the audit policy " + path, content);
        } catch (ApiException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (!policy.apiVersion().equals("audit.k8s.io/v1") || !policy.kind().equals("Policy")) {
            throw new IllegalArgumentException("the audit policy " + path + " holds " + policy.apiVersion() + " "
                    + policy.kind() + "; it must hold audit.k8s.io/v1 Policy");
        }
        List<Tree> rules = policy.at("rules").items();
        for (int i = 0; i < rules.size(); i++) {
            String level = rules.get(i).at("level").text("");
            if (!List.of("None", "Metadata", "Request", "RequestResponse").contains(level)) {
                throw new IllegalArgumentException("the audit policy " + path + " has the level '" + level
                        + "' in rule " + (i + 1) + "; it must be None, Metadata, Request or RequestResponse");
            }
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("the audit policy " + path + " has no rules");
        }
        return new Audit.PolicyFile(path, content.endsWith("\n") ? content : content + "\n");
    }

    private static Map<String, String> patches(Fields fields) {
        Map<String, String> patches = new LinkedHashMap<>();
        if (fields.node("patches").orElseThrow() instanceof Mapping mapping) {
            mapping.entries()
                    .forEach((component, entry) -> patches.put(
                            component, CanonicalJson.of(entry.value()).toString()));
        }
        return Collections.unmodifiableMap(patches);
    }
}
