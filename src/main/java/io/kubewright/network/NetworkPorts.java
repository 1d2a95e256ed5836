package io.kubewright.network;

import io.kubewright.spec.Port;
import java.util.List;

/** The ports of the pod network. */
public final class NetworkPorts {
    private NetworkPorts() {}

    public static List<Port> table() {
        return Port.table(NetworkPorts.class);
    }
}
