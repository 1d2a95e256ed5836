package io.kubewright.kube;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Names;
import io.kubewright.spec.SectionSchema;
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

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("endpoint", EndpointSection.class);

    /** Reads and checks; without a usable vip or external the problem is collected and both are empty. */
    public static EndpointSection read(Fields fields) {
        Optional<IpAddress> vip = fields.parsed("vip", Code.BAD_ADDRESS, IpAddress::parse);
        vip.flatMap(IpAddress::unusable)
                .ifPresent(reason -> fields.reject(
                        Code.BAD_ADDRESS, "vip", "no host can hold this address for others: it is " + reason, ""));
        Optional<ExternalEndpoint> external = fields.parsed("external", Code.BAD_FORMAT, EndpointSection::external);
        if (fields.has("vip") && fields.has("external")) {
            fields.reject(
                    Code.CONFLICT,
                    "external",
                    "the endpoint is either a virtual IP (vip) or a load balancer of yours (external), not both",
                    "remove one of them");
        } else if (fields.isPresent() && !fields.has("vip") && !fields.has("external")) {
            fields.reject(
                    Code.MISSING_KEY,
                    "vip",
                    "endpoint needs vip or external: it goes into every certificate and kubeconfig, and is hard to change later",
                    "vip: a free address in the network of the control planes; or external: HOST:PORT of a load balancer");
        }
        return new EndpointSection(vip, external, Item.values(fields.parsedAll("names", Code.BAD_NAME, Names::dns)));
    }

    private static ExternalEndpoint external(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT, such as lb.corp.local:6443");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            return new ExternalEndpoint(
                    IpAddress.parse(host.substring(1, host.length() - 1)).toString(), Integer.parseInt(port));
        }
        if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT: write an IPv6 address in brackets");
        }
        return new ExternalEndpoint(Names.dnsOrAddress(host), Integer.parseInt(port));
    }
}
