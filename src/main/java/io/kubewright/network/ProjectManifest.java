package io.kubewright.network;

import io.kubewright.bundle.BundleData;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A manifest as its project ships it, changed field by field; each change must find what it is to change. */
final class ProjectManifest {
    private static final String CONTAINERS = "containers";
    private static final String INIT_CONTAINERS = "initContainers";

    private final String project;
    private final Map<String, KubeObject> objects = new LinkedHashMap<>();

    /**
     * The images that pods get in the place of the manifest's.
     *
     * @param names the bundle's short name by the last segment of the repository that the manifest names
     * @param references by the bundle's short name: what pods name them
     * @param tags whether the manifest must be made for the very tag that the bundle has; false where the project's own
     *     manifests name a tag that moves
     */
    record Images(Map<String, String> names, Map<String, String> references, boolean tags, BundleData data) {}

    /**
     * Reads.
     *
     * @param project for messages
     * @param texts by the bundle's name of the manifest
     * @throws io.kubewright.kubeapi.ApiException when a text is no manifest
     */
    ProjectManifest(String project, Map<String, String> texts) {
        this.project = project;
        texts.forEach((name, text) -> KubeYaml.read("the bundle's manifest " + name, text)
                .forEach(object -> objects.put(key(object.kind(), object.name()), object)));
    }

    /** As changed so far, in the manifest's order. */
    List<KubeObject> objects() {
        return List.copyOf(objects.values());
    }

    KubeObject object(String kind, String name) {
        KubeObject object = objects.get(key(kind, name));
        if (object == null) {
            throw strange("the manifest has no " + kind + " " + name);
        }
        return object;
    }

    void change(String kind, String name, UnaryOperator<KubeObject> change) {
        objects.put(key(kind, name), change.apply(object(kind, name)));
    }

    /** All containers of a workload get the bundle's images, and what the bundle says of them. */
    void bringImages(Images images, String kind, String name) {
        change(kind, name, workload -> {
            KubeObject made = workload;
            for (String list : List.of(INIT_CONTAINERS, CONTAINERS)) {
                for (Tree container :
                        workload.at("spec", "template", "spec", list).items()) {
                    made = bringImage(made, images, list, container);
                }
            }
            return made;
        });
    }

    private KubeObject bringImage(KubeObject workload, Images images, String list, Tree container) {
        String name = container.at("name").text("");
        String[] path = {"spec", "template", "spec", list, "[" + name + "]"};
        String image = ours(workload, name, container.at("image").text(""), images);
        KubeObject made = workload.replacing(image, at(path, "image"))
                .with(images.data().imagePullPolicy(), at(path, "imagePullPolicy"));
        for (Map.Entry<String, String> variable :
                new TreeMap<>(images.data().environment().getOrDefault(name, Map.of())).entrySet()) {
            made = made.with(variable.getValue(), at(path, "env", "[" + variable.getKey() + "]", "value"));
        }
        return made;
    }

    private String ours(KubeObject workload, String container, String image, Images images) {
        String repository = image.contains(":") ? image.substring(0, image.lastIndexOf(':')) : image;
        Optional<String> ours = Optional.ofNullable(
                        images.names().get(repository.substring(repository.lastIndexOf('/') + 1)))
                .map(images.references()::get);
        if (ours.isEmpty()) {
            throw strange(workload + " runs " + image + " in container " + container + ", which we do not know");
        }
        if (images.tags() && !tag(image).equals(tag(ours.get()))) {
            throw strange(workload + " is made for " + image + ", but the bundle has " + ours.get()
                    + ": a mix of versions is known to break");
        }
        return ours.get();
    }

    /** Whatever a workload takes from an object at its start only: the object's digest becomes part of its template. */
    void restartOn(String kind, String name, String workloadKind, String workload) {
        String digest = io.kubewright.engine.Digest.sha256(KubeYaml.write(object(kind, name)));
        change(
                workloadKind,
                workload,
                pods -> pods.with(
                        digest, "spec", "template", "metadata", "annotations", "kubewright.io/configuration"));
    }

    private static String tag(String image) {
        return image.substring(image.lastIndexOf(':') + 1);
    }

    private static String key(String kind, String name) {
        return kind + " " + name;
    }

    /** The path of a workload's container. */
    static String[] container(String name) {
        return new String[] {"spec", "template", "spec", CONTAINERS, "[" + name + "]"};
    }

    /** The path of a workload's init container. */
    static String[] initContainer(String name) {
        return new String[] {"spec", "template", "spec", INIT_CONTAINERS, "[" + name + "]"};
    }

    /** A path that goes on from another. */
    static String[] at(String[] path, String... more) {
        List<String> joined = new ArrayList<>(List.of(path));
        joined.addAll(List.of(more));
        return joined.toArray(String[]::new);
    }

    NetworkException strange(String message) {
        return new NetworkException(
                NetworkException.Code.MANIFEST,
                project + "'s manifest in the bundle: " + message,
                "Build the bundle again, so that its manifest and images are of one version.");
    }
}
