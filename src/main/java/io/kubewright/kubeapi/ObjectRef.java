package io.kubewright.kubeapi;

import java.util.Optional;

/**
 * Names one object.
 *
 * @param apiVersion group and version, such as {@code apps/v1}
 * @param namespace empty for objects of the whole cluster
 */
public record ObjectRef(String apiVersion, String kind, Optional<String> namespace, String name) {
    public static ObjectRef of(String apiVersion, String kind, String name) {
        return new ObjectRef(apiVersion, kind, Optional.empty(), name);
    }

    public static ObjectRef of(String apiVersion, String kind, String namespace, String name) {
        return new ObjectRef(apiVersion, kind, Optional.of(namespace), name);
    }

    public static ObjectRef namespace(String name) {
        return of("v1", "Namespace", name);
    }

    public static ObjectRef pod(String namespace, String name) {
        return of("v1", "Pod", namespace, name);
    }

    public static ObjectRef node(String name) {
        return of("v1", "Node", name);
    }

    /** Such as {@code DaemonSet kube-system/calico-node}. */
    @Override
    public String toString() {
        return kind + " " + namespace.map(each -> each + "/").orElse("") + name;
    }
}
