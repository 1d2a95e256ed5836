package io.kubewright.kube;

import io.kubewright.spec.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where the Kubernetes API is reached: exactly one of vip and external is present.
 *
 * @param names further DNS names in the API certificate
 */
public record EndpointSection(Optional<IpAddress> vip, Optional<ExternalEndpoint> external, List<String> names) {
    /** The API port of a virtual IP and of every API server. */
    public static final int API_PORT = 6443;

    /** A load balancer of the user's own. */
    public record ExternalEndpoint(String host, int port) {}

    /** The address or name that kubeadm's controlPlaneEndpoint and every kubeconfig use, without port. */
    public String host() {
        return external.map(ExternalEndpoint::host)
                .orElseGet(() -> vip.map(IpAddress::toString).orElseThrow());
    }

    public int port() {
        return external.map(ExternalEndpoint::port).orElse(API_PORT);
    }

    /** HOST:PORT, an IPv6 host in brackets. */
    public String hostAndPort() {
        String host = host();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }
}
