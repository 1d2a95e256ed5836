package io.kubewright.network;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the pods of Multus and Whereabouts write onto a host is ours from its beginning, so that it goes with them. And the
 * directory that holds the pod network's configuration alone: of a configuration that Multus reads from a directory it knows all
 * when a pod ends, of one that is named as a file only what CNI itself defines, so that Calico's plugin gives no address back
 * (multus-cni#1449).
 */
record MultusPlaces(StepId id, Set<StepId> needs) implements HostResource {
    private static final List<String> PLACES = List.of(
            "/etc/cni/multus",
            "/etc/cni/net.d/whereabouts.d",
            "/opt/cni/bin/multus-shim",
            "/opt/cni/bin/passthru",
            "/opt/cni/bin/whereabouts",
            "/run/k8s.cni.cncf.io",
            "/run/multus",
            "/var/lib/cni/multus");

    private static final String POD_NETWORK = "/etc/cni/multus/pod-network";
    private static final String LINK = POD_NETWORK + "/" + MultusManifest.MASTER;
    /** As the daemon sees the host, its root is another. */
    private static final String TARGET = "../../net.d/" + MultusManifest.MASTER;

    /** That directory in the daemon's container. */
    static final String CLUSTER_NETWORK = "/hostroot" + POD_NETWORK;

    private static final String MARK = "\"$KW_STATE/multus-places\"";

    @Override
    public String probe() {
        return "if [ -e " + MARK + " ]; then cat " + MARK + "; fi\n" + "if [ -L " + LINK + " ]; then echo \"" + LINK
                + " -> $(readlink " + LINK + ")\"; fi\n";
    }

    @Override
    public String desired(String observed) {
        return PLACES.stream().map(place -> place + "\n").collect(Collectors.joining()) + LINK + " -> " + TARGET + "\n";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return each("kw_claim", PLACES) + "printf '%s\\n' " + Shell.words(PLACES) + " >" + MARK + "\n" + "mkdir -p "
                + POD_NETWORK + "\nln -sfn " + TARGET + " " + LINK + "\n";
    }

    @Override
    public String undo() {
        return each("kw_restore", new ArrayList<>(PLACES).reversed()) + "rm -f " + MARK + "\n";
    }

    private static String each(String function, List<String> places) {
        return places.stream()
                .map(place -> function + " " + Shell.quote(place) + "\n")
                .collect(Collectors.joining());
    }
}
