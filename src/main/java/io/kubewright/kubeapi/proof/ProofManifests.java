package io.kubewright.kubeapi.proof;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import java.util.List;
import java.util.Map;

/** The objects of the proof namespace. */
final class ProofManifests {
    static final String MARK = "kubewright.io/proof";
    static final String ROLE = "kubewright.io/proof-role";
    static final String OWNER = "kubewright.io/proof-owner";
    static final String SERVICE = "echo";
    static final String NODE_PORT_SERVICE = "port";

    private ProofManifests() {}

    static KubeObject namespace(String name, String owner) {
        return KubeObject.of(ObjectRef.namespace(name))
                .withLabel(MARK, "true")
                .withLabel("app.kubernetes.io/managed-by", "kubewright")
                .withLabel("pod-security.kubernetes.io/enforce", "restricted")
                .withAnnotation(OWNER, owner);
    }

    /** A pod pinned to its node past the scheduler, on whatever node, under the strictest pod security standard. */
    static KubeObject pod(String namespace, String node, ProofRole role, ProofImage image) {
        return pod(namespace, role.podName(node), node, role.label(), image);
    }

    static KubeObject pod(String namespace, String name, String node, String role, ProofImage image) {
        return KubeObject.of(ObjectRef.pod(namespace, name))
                .withLabel(MARK, "true")
                .withLabel(ROLE, role)
                .with(
                        Map.of(
                                "nodeName",
                                node,
                                "automountServiceAccountToken",
                                false,
                                "enableServiceLinks",
                                false,
                                "terminationGracePeriodSeconds",
                                1,
                                "tolerations",
                                List.of(Map.of("operator", "Exists")),
                                "securityContext",
                                Map.of(
                                        "runAsNonRoot",
                                        true,
                                        "runAsUser",
                                        65532,
                                        "runAsGroup",
                                        65532,
                                        "seccompProfile",
                                        Map.of("type", "RuntimeDefault")),
                                "containers",
                                List.of(container(node, image))),
                        "spec");
    }

    private static Map<String, Object> container(String node, ProofImage image) {
        return Map.of(
                "name",
                "probe",
                "image",
                image.ref(),
                "imagePullPolicy",
                image.pullPolicy(),
                "command",
                image.serve(node),
                // Without a request a pod gets next to no processor time on a busy node, and late answers look like
                // lost
                // ones.
                "resources",
                Map.of("requests", Map.of("cpu", "50m", "memory", "16Mi")),
                "securityContext",
                Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL"))));
    }

    static KubeObject service(String namespace) {
        return KubeObject.of(ObjectRef.of("v1", "Service", namespace, SERVICE))
                .with(
                        Map.of(
                                "selector",
                                Map.of(ROLE, ProofRole.OPEN.label()),
                                "ipFamilyPolicy",
                                "PreferDualStack",
                                "ports",
                                List.of(
                                        Map.of("name", "tcp", "port", ProofPod.ECHO_PORT),
                                        Map.of("name", "udp", "port", ProofPod.ECHO_PORT, "protocol", "UDP"))),
                        "spec");
    }

    /** Answers on a node with that node's own pod, so that one broken node shows at that node alone. */
    static KubeObject nodePortService(String namespace) {
        return KubeObject.of(ObjectRef.of("v1", "Service", namespace, NODE_PORT_SERVICE))
                .with(
                        Map.of(
                                "type",
                                "NodePort",
                                "externalTrafficPolicy",
                                "Local",
                                "selector",
                                Map.of(ROLE, ProofRole.OPEN.label()),
                                "ports",
                                List.of(Map.of("name", "tcp", "port", ProofPod.ECHO_PORT))),
                        "spec");
    }
}
