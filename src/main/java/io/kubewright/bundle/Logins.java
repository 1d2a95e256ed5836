package io.kubewright.bundle;

import io.kubewright.engine.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The registry logins that {@code podman login} and {@code docker login} keep: {@code auths} in {@code $REGISTRY_AUTH_FILE},
 * {@code $DOCKER_CONFIG/config.json} or {@code ~/.docker/config.json} (containers-auth.json(5)). Programs that keep logins
 * elsewhere ({@code credsStore}, {@code credHelpers}) are not asked.
 */
final class Logins {
    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Secret> byHost;

    private Logins(Map<String, Secret> byHost) {
        this.byHost = byHost;
    }

    static Logins of(Map<String, String> environment) {
        Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
        List<Path> files = Stream.of(
                        named(environment, "REGISTRY_AUTH_FILE"),
                        named(environment, "DOCKER_CONFIG").map(directory -> directory.resolve("config.json")),
                        Optional.of(home.resolve(".docker/config.json")))
                .flatMap(Optional::stream)
                .filter(Files::isRegularFile)
                .toList();
        Map<String, Secret> logins = new LinkedHashMap<>();
        files.reversed().forEach(file -> logins.putAll(read(file)));
        return new Logins(logins);
    }

    private static Optional<Path> named(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }

    private static Map<String, Secret> read(Path file) {
        Map<String, Secret> logins = new LinkedHashMap<>();
        try {
            JsonNode auths = JSON.readTree(Files.readAllBytes(file)).path("auths");
            auths.propertyNames().forEach(server -> {
                String login = auths.path(server).path("auth").asString("");
                if (!login.isEmpty()) {
                    logins.put(host(server), Secret.of(login));
                }
            });
            return logins;
        } catch (IOException | JacksonException unreadable) {
            throw new BundleException(
                    BundleException.Code.SOURCES,
                    file + ": it cannot be read for registry logins ("
                            + unreadable.getClass().getSimpleName() + ")",
                    "Log in again with `podman login` or `docker login`, or name another file in $REGISTRY_AUTH_FILE.",
                    unreadable);
        }
    }

    /** Old entries are addresses: {@code https://registry.example.com/v1/}. */
    private static String host(String server) {
        String bare = server.replaceFirst("^https?://", "");
        return bare.contains("/") ? bare.substring(0, bare.indexOf('/')) : bare;
    }

    /** What HTTP's Basic scheme shows to the server: base64 of {@code user:password}. */
    Optional<Secret> of(String authority) {
        return Optional.ofNullable(byHost.get(authority));
    }
}
