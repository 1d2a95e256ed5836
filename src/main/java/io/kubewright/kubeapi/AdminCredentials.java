package io.kubewright.kubeapi;

import io.kubewright.engine.Secret;
import java.util.List;

/**
 * What an administrator's kubeconfig holds; all values are PEM in base64, as there.
 *
 * @param authority certificate of the cluster's authority
 * @param certificate the administrator's
 * @param key the administrator's
 */
record AdminCredentials(String authority, String certificate, Secret key) {
    /**
     * Reads a kubeconfig that holds its certificates itself.
     *
     * @throws ApiException with {@link ApiException.Code#MALFORMED} when something is missing
     */
    static AdminCredentials read(String source, Secret kubeconfig) {
        Tree content = Tree.of(KubeYaml.readOne(source, kubeconfig.reveal()).content());
        String current = content.at("current-context").text("");
        Tree context = content.at("contexts", "[" + current + "]", "context");
        Tree cluster = content.at("clusters", "[" + context.at("cluster").text("") + "]", "cluster");
        Tree user = content.at("users", "[" + context.at("user").text("") + "]", "user");
        return new AdminCredentials(
                required(source, cluster, "certificate-authority-data"),
                required(source, user, "client-certificate-data"),
                Secret.of(() -> required(source, user, "client-key-data")));
    }

    private static String required(String source, Tree tree, String key) {
        List<String> found = tree.at(key).text().stream().toList();
        if (found.isEmpty()) {
            throw new ApiException(
                    ApiException.Code.MALFORMED,
                    source + " has no " + key + " for its current context",
                    "kubeadm writes it; `kubeadm kubeconfig user` can write a new one.");
        }
        return found.getFirst();
    }
}
