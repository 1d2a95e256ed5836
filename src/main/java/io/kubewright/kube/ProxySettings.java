package io.kubewright.kube;

import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proxies as the file has them.
 *
 * @param http and {@code https}: URLs
 * @param no names, addresses and networks reached without them, beside the cluster's own
 */
public record ProxySettings(Optional<String> http, Optional<String> https, List<String> no) {
    /** What is never behind a proxy. */
    private static final List<String> OWN = List.of("localhost", "127.0.0.0/8", "::1", ".svc", ".cluster.local");

    /** Variables by name. Go's programs read them (golang.org/x/net/http/httpproxy), networks among the exceptions too. */
    Map<String, String> environment(KubeInput input) {
        Map<String, String> variables = new LinkedHashMap<>();
        http.ifPresent(url -> variables.put("HTTP_PROXY", url));
        https.ifPresent(url -> variables.put("HTTPS_PROXY", url));
        variables.put("NO_PROXY", String.join(",", exceptions(input)));
        return variables;
    }

    private List<String> exceptions(KubeInput input) {
        Stream<String> nodes =
                input.hosts().stream().map(Host::nodeIps).flatMap(List::stream).map(IpAddress::toString);
        Stream<String> endpoint = Stream.concat(Stream.of(input.endpoint().host()), input.endpoint().names().stream());
        Stream<String> networks = Stream.of(
                        input.kubernetes().podCidr(), input.kubernetes().serviceCidr())
                .flatMap(List::stream)
                .map(Cidr::toString);
        return Stream.of(OWN.stream(), nodes, endpoint, networks, no.stream())
                .flatMap(each -> each)
                .distinct()
                .toList();
    }
}
