package io.kubewright.kube;

import io.kubewright.spec.Port;
import java.util.List;

/** The ports of Kubernetes. */
public final class KubePorts {
    private KubePorts() {}

    public static List<Port> table() {
        return Port.table(KubePorts.class);
    }
}
