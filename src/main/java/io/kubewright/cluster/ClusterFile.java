package io.kubewright.cluster;

import io.kubewright.gpu.GpuSection;
import io.kubewright.host.HostSection;
import io.kubewright.ingress.CertificatesSection;
import io.kubewright.ingress.CertificatesSection.Authority;
import io.kubewright.ingress.IngressSection;
import io.kubewright.kube.EndpointSection;
import io.kubewright.kube.KubernetesSection;
import io.kubewright.network.NetworkSection;
import io.kubewright.registry.RegistrySection;
import io.kubewright.spec.BaseSections;
import io.kubewright.spec.CanonicalJson;
import io.kubewright.spec.Code;
import io.kubewright.spec.Document;
import io.kubewright.spec.Fields;
import io.kubewright.spec.FileSchema;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problem;
import io.kubewright.spec.Problems;
import io.kubewright.spec.SourceDirectory;
import io.kubewright.spec.SpecException;
import io.kubewright.storage.StorageSection;
import io.kubewright.storage.StorageSection.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a cluster file and checks all of it at once. */
public final class ClusterFile {
    private static final FileSchema SCHEMA = FileSchema.compose(List.of(
            EndpointSection.SCHEMA,
            KubernetesSection.SCHEMA,
            HostSection.SCHEMA,
            NetworkSection.SCHEMA,
            StorageSection.SCHEMA,
            IngressSection.SCHEMA,
            CertificatesSection.SCHEMA,
            RegistrySection.SCHEMA,
            GpuSection.SCHEMA));
    private static final Compatibility TABLE = Compatibility.load();

    private ClusterFile() {}

    /** The schema of the file, put together from every room's part. */
    public static FileSchema schema() {
        return SCHEMA;
    }

    /**
     * The checked content of a file.
     *
     * @throws SpecException with everything that is wrong with it, or refused
     */
    public static Specification read(Path file) {
        return read(file, Document.read(file));
    }

    static Specification read(Path file, Document document) {
        Reading reading = check(file, document);
        if (reading.problems().stream().anyMatch(problem -> problem.code().kind() != Code.Kind.WARNING)) {
            throw new SpecException(reading.problems());
        }
        return reading.specification();
    }

    /** What was made of a file, right or wrong, with everything found. */
    record Reading(Specification specification, List<Problem> problems) {}

    static Reading check(Path file, Document document) {
        Problems problems = new Problems(document);
        SCHEMA.validate(document, problems);
        Fields fields = Fields.of(document, TABLE.defaults(), problems);
        SourceDirectory directory = SourceDirectory.of(file);
        BaseSections base = BaseSections.read(fields, directory);
        Specification draft = new Specification(
                file.toAbsolutePath().normalize(),
                CanonicalJson.sha256(document.root()),
                base.metadata(),
                base.bundle(),
                base.acceptUntested(),
                base.hosts(),
                EndpointSection.read(fields.section("endpoint")),
                KubernetesSection.read(
                        fields.section("kubernetes"), directory, base.hosts().size()),
                HostSection.read(fields.section("host")),
                NetworkSection.read(fields.section("network")),
                fields.has("storage") ? Optional.of(StorageSection.read(fields.section("storage"))) : Optional.empty(),
                fields.has("ingress") ? Optional.of(IngressSection.read(fields.section("ingress"))) : Optional.empty(),
                CertificatesSection.read(fields.section("certificates"), directory),
                fields.has("registry")
                        ? Optional.of(RegistrySection.read(fields.section("registry")))
                        : Optional.empty(),
                fields.has("gpu") ? Optional.of(GpuSection.read(fields.section("gpu"))) : Optional.empty(),
                Map.of(),
                List.of(),
                List.of());
        new WholeFileCheck(draft, document, problems).check(fields);
        CompatibilityCheck compatibility =
                new CompatibilityCheck(TABLE, problems, draft.bundle(), draft.acceptUntested());
        Map<String, String> versions = compatibility.versions(draft.kubernetes().version(), needed(draft));
        Unsupported.check(draft, problems);
        return new Reading(draft.withFindings(versions, compatibility.untested(), problems.warnings()), problems.all());
    }

    /** The components a file needs, each with the place that asks for it. */
    private static Map<String, Pointer> needed(Specification file) {
        Pointer root = Pointer.ROOT;
        Map<String, Pointer> needed = new LinkedHashMap<>();
        List.of("containerd", "calico", "cni-plugins").forEach(always -> needed.put(always, root.child("bundle")));
        file.endpoint().vip().ifPresent(_ -> needed.put("kube-vip", Pointer.parse("/endpoint/vip")));
        if (!file.network().attachments().isEmpty()) {
            needed.put("multus", Pointer.parse("/network/attachments"));
            needed.put("whereabouts", Pointer.parse("/network/attachments"));
        }
        file.storage().ifPresent(storage -> {
            switch (storage.provider()) {
                case Provider.LocalPath _ -> needed.put("local-path-provisioner", Pointer.parse("/storage/class"));
                case Provider.Longhorn _ -> needed.put("longhorn", Pointer.parse("/storage/class"));
                case Provider.Existing _ -> {}
            }
        });
        file.ingress().ifPresent(ingress -> needed.put(ingress.ingressClass(), Pointer.parse("/ingress/class")));
        if (file.certificates().authority() instanceof Authority.CertManager) {
            needed.put("cert-manager", Pointer.parse("/certificates/authority"));
        }
        file.registry().ifPresent(registry -> {
            switch (registry.type()) {
                case HARBOR -> needed.put("harbor", Pointer.parse("/registry/type"));
                case DISTRIBUTION -> needed.put("distribution", Pointer.parse("/registry/type"));
                case NONE -> {}
            }
        });
        file.gpu()
                .filter(GpuSection::operator)
                .ifPresent(_ -> needed.put("gpu-operator", Pointer.parse("/gpu/operator")));
        return needed;
    }
}
