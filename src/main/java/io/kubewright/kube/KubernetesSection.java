package io.kubewright.kube;

import io.kubewright.spec.Cidr;
import java.util.List;
import java.util.Map;

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
    /** MAJOR.MINOR. */
    public String minor() {
        return version.substring(0, version.lastIndexOf('.'));
    }
}
