package io.kubewright.network;

import static io.kubewright.network.ProjectManifest.at;
import static io.kubewright.network.ProjectManifest.container;
import static io.kubewright.network.ProjectManifest.initContainer;

import io.kubewright.bundle.BundleData;
import io.kubewright.kubeapi.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Multus' own manifest of its thick variant with our changes: the pod network named instead of guessed, memory that
 * suffices, the bundle's image, and the CNI configuration left to {@link MultusNode}.
 */
final class MultusManifest {
    /** The pod network's own configuration, in the directory that containerd reads. */
    static final String MASTER = "10-calico.conflist";

    /** Where the daemon finds containerd's directory. */
    static final String CONTAINERD_DIRECTORY = "/host/etc/cni/net.d";

    /** What the daemon speaks, as Calico's own configuration does. */
    static final String CNI_VERSION = "0.3.1";

    private static final String DAEMONS = "kube-multus-ds";
    private static final String CONTAINER = "kube-multus";
    private static final String CONFIGURATION = "multus-daemon-config";

    private MultusManifest() {}

    /**
     * The changed objects, in the manifest's order.
     *
     * @param references by the bundle's short name: what pods name its images
     * @throws NetworkException with {@link NetworkException.Code#MANIFEST} when the manifest is not what we know
     */
    static List<KubeObject> changed(String text, Map<String, String> references, BundleData data) {
        ProjectManifest manifest = new ProjectManifest("Multus", Map.of("multus", text));
        // Its manifests name :snapshot-thick at every tag.
        manifest.bringImages(
                new ProjectManifest.Images(Map.of("multus-cni", "multus"), references, false, data),
                "DaemonSet",
                DAEMONS);
        manifest.change(
                "ConfigMap",
                CONFIGURATION,
                map -> map.replacing(CniText.of(configuration()), "data", "daemon-config.json"));
        manifest.change(
                "DaemonSet",
                DAEMONS,
                daemons -> daemons.replacing(
                                Map.of(
                                        "requests",
                                        Map.of("cpu", "50m", "memory", "128Mi"),
                                        "limits",
                                        Map.of("memory", "512Mi")),
                                at(container(CONTAINER), "resources"))
                        .with(
                                Map.of("memory", "64Mi"),
                                at(initContainer("install-multus-binary"), "resources", "limits"))
                        .with("system-node-critical", "spec", "template", "spec", "priorityClassName"));
        manifest.restartOn("ConfigMap", CONFIGURATION, "DaemonSet", DAEMONS);
        return manifest.objects();
    }

    /**
     * The daemon would write containerd's file by itself, not in one piece, and delete it whenever it ends, so that pods made
     * meanwhile silently lack their attachments. It writes into its own container instead, for nobody.
     */
    private static Map<String, Object> configuration() {
        Map<String, Object> configuration = new TreeMap<>();
        configuration.put("chrootDir", "/hostroot");
        configuration.put("cniVersion", CNI_VERSION);
        configuration.put("cniConfigDir", "/tmp");
        configuration.put("logLevel", "error");
        configuration.put("logToStderr", true);
        configuration.put("multusAutoconfigDir", CONTAINERD_DIRECTORY);
        configuration.put("multusConfigFile", "auto");
        configuration.put("multusMasterCNI", MASTER);
        configuration.put("readinessindicatorfile", CONTAINERD_DIRECTORY + "/" + MASTER);
        configuration.put("socketDir", "/host/run/multus/");
        return configuration;
    }
}
