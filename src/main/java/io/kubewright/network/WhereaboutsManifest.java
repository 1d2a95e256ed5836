package io.kubewright.network;

import static io.kubewright.network.ProjectManifest.at;
import static io.kubewright.network.ProjectManifest.container;

import io.kubewright.bundle.BundleData;
import io.kubewright.kubeapi.KubeObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Whereabouts' own manifests with our changes: the bundle's image, a reconciler that runs every few minutes and moves soon. */
final class WhereaboutsManifest {
    /** The bundle's names of its manifests, in the order in which they are applied. */
    static final List<String> MANIFESTS =
            List.of("whereabouts-pools", "whereabouts-reservations", "whereabouts", "whereabouts-reconciler");

    private static final String DAEMONS = "whereabouts";
    private static final String RECONCILER = "whereabouts-reconciler";
    private static final String CONFIGURATION = "whereabouts-config";

    /** Its own is half past four in the morning. */
    private static final String SCHEDULE = "*/2 * * * *";

    private WhereaboutsManifest() {}

    /**
     * The changed objects, in the order of {@link #MANIFESTS}.
     *
     * @param texts by the bundle's name of the manifest
     * @param references by the bundle's short name: what pods name its images
     * @throws NetworkException with {@link NetworkException.Code#MANIFEST} when a manifest is not what we know
     */
    static List<KubeObject> changed(UnaryOperator<String> texts, Map<String, String> references, BundleData data) {
        Map<String, String> read = new LinkedHashMap<>();
        MANIFESTS.forEach(name -> read.put(name, texts.apply(name)));
        ProjectManifest manifest = new ProjectManifest("Whereabouts", read);
        // Its manifests name :latest at every tag.
        ProjectManifest.Images images =
                new ProjectManifest.Images(Map.of("whereabouts", "whereabouts"), references, false, data);
        manifest.bringImages(images, "DaemonSet", DAEMONS);
        manifest.bringImages(images, "Deployment", RECONCILER);
        manifest.change("ConfigMap", CONFIGURATION, map -> map.replacing(SCHEDULE, "data", "cron-expression"));
        manifest.change(
                "DaemonSet",
                DAEMONS,
                daemons -> daemons.replacing(resources("200Mi"), at(container(DAEMONS), "resources"))
                        .with("system-node-critical", "spec", "template", "spec", "priorityClassName"));
        manifest.change(
                "Deployment",
                RECONCILER,
                deployment -> deployment
                        .replacing(resources("200Mi"), at(container(RECONCILER), "resources"))
                        .with("system-cluster-critical", "spec", "template", "spec", "priorityClassName")
                        // Alone, and the one who gives back what a node that died had taken: five minutes would be
                        // long.
                        .with(
                                List.of(
                                        leaving("node.kubernetes.io/not-ready"),
                                        leaving("node.kubernetes.io/unreachable")),
                                "spec",
                                "template",
                                "spec",
                                "tolerations")
                        // Two at once would give back each other's.
                        .with("Recreate", "spec", "strategy", "type"));
        return manifest.objects();
    }

    private static Map<String, Object> leaving(String taint) {
        return Map.of("key", taint, "operator", "Exists", "effect", "NoExecute", "tolerationSeconds", 15);
    }

    private static Map<String, Object> resources(String memory) {
        return Map.of("requests", Map.of("cpu", "20m", "memory", "50Mi"), "limits", Map.of("memory", memory));
    }
}
