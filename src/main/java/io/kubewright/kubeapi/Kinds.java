package io.kubewright.kubeapi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the API serves objects of a kind, as its discovery says. Remembers what it was told. */
final class Kinds {
    /** What every API server serves, by group and version, so that most commands need not ask. */
    private static final Map<String, List<Kind>> BUILT_IN = Map.of(
            "v1",
            List.of(
                    new Kind("v1", "ConfigMap", "configmaps", true),
                    new Kind("v1", "Namespace", "namespaces", false),
                    new Kind("v1", "Node", "nodes", false),
                    new Kind("v1", "Pod", "pods", true),
                    new Kind("v1", "Secret", "secrets", true),
                    new Kind("v1", "ServiceAccount", "serviceaccounts", true)),
            "apps/v1",
            List.of(
                    new Kind("apps/v1", "DaemonSet", "daemonsets", true),
                    new Kind("apps/v1", "Deployment", "deployments", true)),
            "rbac.authorization.k8s.io/v1",
            List.of(
                    new Kind("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", false),
                    new Kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", false),
                    new Kind("rbac.authorization.k8s.io/v1", "Role", "roles", true),
                    new Kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true)),
            "apiextensions.k8s.io/v1",
            List.of(new Kind(
                    "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", false)),
            "certificates.k8s.io/v1",
            List.of(new Kind(
                    "certificates.k8s.io/v1", "CertificateSigningRequest", "certificatesigningrequests", false)));

    private final Requests requests;
    private final Map<String, Map<String, Kind>> known = new HashMap<>();

    /**
     * A kind.
     *
     * @param apiVersion group and version
     * @param name such as {@code DaemonSet}
     * @param resource the plural in addresses
     * @param namespaced whether its objects belong into a namespace
     */
    record Kind(String apiVersion, String name, String resource, boolean namespaced) {
        String root() {
            return rootOf(apiVersion);
        }

        /** Path of all objects of the kind, in one namespace or in the whole cluster. */
        String path(Optional<String> namespace) {
            return root()
                    + namespace
                            .filter(_ -> namespaced)
                            .map(each -> "/namespaces/" + ApiConnection.encode(each))
                            .orElse("")
                    + "/" + resource;
        }

        String path(ObjectRef ref) {
            return path(ref.namespace()) + "/" + ApiConnection.encode(ref.name());
        }
    }

    Kinds(Requests requests) {
        this.requests = requests;
    }

    /** @throws ApiException with {@link ApiException.Code#UNKNOWN_KIND} when the API does not serve it */
    Kind of(String apiVersion, String kind) throws InterruptedException {
        Optional<Kind> remembered = builtIn(apiVersion, kind).or(() -> remembered(apiVersion, kind));
        if (remembered.isPresent()) {
            return remembered.get();
        }
        Map<String, Kind> asked = ask(apiVersion);
        synchronized (known) {
            known.put(apiVersion, asked);
        }
        Kind found = asked.get(kind);
        if (found == null) {
            throw new ApiException(
                    ApiException.Code.UNKNOWN_KIND,
                    "the API does not serve " + kind + " of " + apiVersion,
                    "Its custom resource definition must be there first.");
        }
        return found;
    }

    private static Optional<Kind> builtIn(String apiVersion, String kind) {
        return BUILT_IN.getOrDefault(apiVersion, List.of()).stream()
                .filter(each -> each.name().equals(kind))
                .findFirst();
    }

    private Optional<Kind> remembered(String apiVersion, String kind) {
        synchronized (known) {
            return Optional.ofNullable(known.getOrDefault(apiVersion, Map.of()).get(kind));
        }
    }

    private Map<String, Kind> ask(String apiVersion) throws InterruptedException {
        ApiConnection.Answer answer = requests.answer("GET", rootOf(apiVersion), null, null, Requests.Repeat.ALLOWED);
        if (answer.code() == 404) {
            return Map.of();
        }
        Map<String, Kind> kinds = new HashMap<>();
        for (Tree resource : Tree.of(requests.checked("kinds of " + apiVersion, answer))
                .at("resources")
                .items()) {
            String name = resource.at("name").text("");
            if (!name.contains("/")) {
                String kind = resource.at("kind").text("");
                kinds.put(
                        kind,
                        new Kind(
                                apiVersion,
                                kind,
                                name,
                                resource.at("namespaced").isTrue()));
            }
        }
        return kinds;
    }

    private static String rootOf(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }
}
