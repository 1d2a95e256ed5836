package io.kubewright.cluster;

import io.kubewright.gpu.GpuSection;
import io.kubewright.host.HostSection;
import io.kubewright.ingress.CertificatesSection;
import io.kubewright.ingress.IngressSection;
import io.kubewright.kube.EndpointSection;
import io.kubewright.kube.KubernetesSection;
import io.kubewright.network.NetworkSection;
import io.kubewright.registry.RegistrySection;
import io.kubewright.spec.Host;
import io.kubewright.spec.Metadata;
import io.kubewright.spec.Problem;
import io.kubewright.storage.StorageSection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole of a checked cluster file, defaults filled in.
 *
 * @param file absolute
 * @param sha256 of the file's content, whatever its comments, order of keys and layout; lower-case hex
 * @param bundle {@code upstream}, {@code source} or an absolute directory
 * @param acceptUntested names of components accepted outside the compatibility table
 * @param versions version of every component in the chosen bundle source, by component name, without a leading v
 * @param untested what acceptUntested let pass, as sentences every report repeats
 * @param warnings what is worth knowing and does not stop anything
 */
public record Specification(
        Path file,
        String sha256,
        Metadata metadata,
        String bundle,
        List<String> acceptUntested,
        List<Host> hosts,
        EndpointSection endpoint,
        KubernetesSection kubernetes,
        HostSection host,
        NetworkSection network,
        Optional<StorageSection> storage,
        Optional<IngressSection> ingress,
        CertificatesSection certificates,
        Optional<RegistrySection> registry,
        Optional<GpuSection> gpu,
        Map<String, String> versions,
        List<String> untested,
        List<Problem> warnings) {
    /** The hosts that run the API, in the order of the file; the first is where the cluster begins. */
    public List<Host> controlPlanes() {
        return hosts.stream().filter(Host::isControlPlane).toList();
    }

    public Specification withHosts(List<Host> changed) {
        return copy(List.copyOf(changed), versions, untested, warnings);
    }

    Specification withFindings(Map<String, String> found, List<String> accepted, List<Problem> noted) {
        return copy(hosts, found, accepted, noted);
    }

    private Specification copy(
            List<Host> hostsNow, Map<String, String> versionsNow, List<String> untestedNow, List<Problem> warningsNow) {
        return new Specification(
                file,
                sha256,
                metadata,
                bundle,
                acceptUntested,
                hostsNow,
                endpoint,
                kubernetes,
                host,
                network,
                storage,
                ingress,
                certificates,
                registry,
                gpu,
                versionsNow,
                untestedNow,
                warningsNow);
    }
}
