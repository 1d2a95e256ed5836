package io.kubewright.bundle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} name, in capitals or not; Java's own client
 * looks at system properties only. {@code NO_PROXY} has hosts, domains with all below them, or {@code *}.
 */
final class Proxies extends ProxySelector {
    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        Optional<URI> proxy =
                uri.getHost() == null || excepted(uri.getHost()) ? Optional.empty() : proxy(scheme + "_proxy");
        return List.of(proxy.map(at -> new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(at.getHost(), at.getPort() < 0 ? 80 : at.getPort())))
                .orElse(Proxy.NO_PROXY));
    }

    private Optional<URI> proxy(String name) {
        return value(name).map(text -> {
            URI at = URI.create(text.contains("://") ? text : "http://" + text);
            if (!"http".equals(at.getScheme()) || at.getHost() == null || at.getUserInfo() != null) {
                throw new BundleException(
                        BundleException.Code.SOURCES,
                        "$" + name.toUpperCase(Locale.ROOT) + " is not an http address with a host and without a login",
                        "Kubewright's downloads go through plain HTTP proxies; for others set up a mirror in sources.yaml.");
            }
            return at;
        });
    }

    private boolean excepted(String host) {
        return Arrays.stream(value("no_proxy").orElse("").split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(each -> each.startsWith(".") ? each.substring(1) : each)
                .anyMatch(each -> each.equals("*") || host.equals(each) || host.endsWith("." + each));
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isEmpty());
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails, and says so.
    }
}
