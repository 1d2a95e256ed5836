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
        List<String> untested) {
    /** The hosts that run the API, in the order of the file; the first is where the cluster begins. */
    public List<Host> controlPlanes() {
        return hosts.stream().filter(Host::isControlPlane).toList();
    }

    public Specification withHosts(List<Host> changed) {
        return new Specification(
                file,
                sha256,
                metadata,
                bundle,
                acceptUntested,
                List.copyOf(changed),
                endpoint,
                kubernetes,
                host,
                network,
                storage,
                ingress,
                certificates,
                registry,
                gpu,
                versions,
                untested);
    }
}
