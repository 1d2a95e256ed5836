package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubewright.engine.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reading one repository of one registry: a token from the service that the registry names (distribution's token
 * authentication), with the user's login where there is one, else anonymous; or that login itself where it asks for Basic.
 */
final class RegistryAccess implements Access {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int TOKEN_AT_MOST = 1 << 20;
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,]+))");

    private final Web web;
    private final Logins logins;
    private final String scope;
    private final Map<String, Secret> shown = new ConcurrentHashMap<>();

    /** @param repository as the registry calls it */
    RegistryAccess(Web web, Logins logins, String repository) {
        this.web = web;
        this.logins = logins;
        this.scope = "repository:" + repository + ":pull";
    }

    @Override
    public Optional<Secret> authorization(URI uri) {
        return Optional.ofNullable(shown.get(uri.getAuthority()));
    }

    @Override
    public boolean answer(URI uri, List<String> challenges) throws IOException, InterruptedException {
        Optional<Secret> login = logins.of(uri.getAuthority());
        for (String challenge : challenges) {
            if (scheme(challenge, "Bearer")) {
                Secret token = token(uri, parameters(challenge), login);
                shown.put(uri.getAuthority(), Secret.of(() -> "Bearer " + token.reveal()));
                return true;
            }
        }
        if (login.isPresent() && challenges.stream().anyMatch(challenge -> scheme(challenge, "Basic"))) {
            shown.put(uri.getAuthority(), basic(login.get()));
            return true;
        }
        return false;
    }

    private static boolean scheme(String challenge, String name) {
        return challenge.regionMatches(true, 0, name + " ", 0, name.length() + 1);
    }

    private static Secret basic(Secret login) {
        return Secret.of(() -> "Basic " + login.reveal());
    }

    static Map<String, String> parameters(String challenge) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher each = PARAMETER.matcher(challenge);
        while (each.find()) {
            @Nullable String quoted = each.group(2);
            parameters.put(each.group(1).toLowerCase(java.util.Locale.ROOT), quoted != null ? quoted : each.group(3));
        }
        return parameters;
    }

    private Secret token(URI registry, Map<String, String> parameters, Optional<Secret> login)
            throws IOException, InterruptedException {
        URI service = service(registry, parameters);
        Map<String, String> headers = new LinkedHashMap<>();
        login.ifPresent(each -> headers.put("Authorization", basic(each).reveal()));
        try (Web.Answer answer = web.get(service, headers, NONE)) {
            JsonNode body = JSON.readTree(answer.body().readNBytes(TOKEN_AT_MOST));
            String token = body.path("token").asString(body.path("access_token").asString(""));
            if (token.isEmpty()) {
                throw FetchException.refused(Web.address(service) + " gave no token");
            }
            return Secret.of(token);
        } catch (JacksonException malformed) {
            throw FetchException.refused(Web.address(service) + " gave no token");
        } catch (FetchException refused) {
            if (refused.kind() == FetchException.Kind.BUSY) {
                throw refused;
            }
            throw FetchException.refused(refused.getMessage()
                    + (login.isPresent()
                            ? "; it does not take the login for " + registry.getAuthority()
                            : "; there is no login for " + registry.getAuthority()
                                    + " (`podman login` or `docker login` makes one)"));
        }
    }

    private URI service(URI registry, Map<String, String> parameters) throws FetchException {
        String realm = parameters.getOrDefault("realm", "");
        String query = "scope=" + URLEncoder.encode(scope, UTF_8)
                + Optional.ofNullable(parameters.get("service"))
                        .map(name -> "&service=" + URLEncoder.encode(name, UTF_8))
                        .orElse("");
        try {
            URI service = URI.create(realm + (realm.contains("?") ? "&" : "?") + query);
            boolean weaker = "https".equals(registry.getScheme()) && !"https".equals(service.getScheme());
            if (service.getHost() == null || weaker) {
                throw FetchException.refused(
                        Web.address(registry) + " sends for tokens to '" + realm + "', which is not to be trusted");
            }
            return service;
        } catch (IllegalArgumentException malformed) {
            throw FetchException.refused(Web.address(registry) + " sends for tokens to '" + realm + "'");
        }
    }
}
