package io.kubewright.registry;

import io.kubewright.spec.CanonicalJson;
import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.Names;
import io.kubewright.spec.SectionSchema;
import java.util.List;
import java.util.Optional;

/**
 * The private registry. Of type {@code none} it is only trusted and mirrored, not installed.
 *
 * @param host DNS name that clients type
 * @param size a Kubernetes quantity, such as 200Gi
 * @param pullSecretNamespaces namespaces that get a pull secret
 * @param mirror whether nodes pull upstream images through it
 * @param values further chart values as a JSON object
 */
public record RegistrySection(
        Type type,
        Optional<String> host,
        String size,
        List<Trust> trust,
        List<String> pullSecretNamespaces,
        boolean mirror,
        String values) {
    /** What is installed. */
    public enum Type {
        HARBOR,
        DISTRIBUTION,
        NONE
    }

    /** Who gets the authority's certificate. */
    public enum Trust {
        NODES
    }

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("registry", RegistrySection.class);

    public static RegistrySection read(Fields fields) {
        Type type = fields.choice("type", Type.class);
        Optional<String> host = fields.parsed("host", Code.BAD_NAME, RegistrySection::host);
        if (fields.isPresent() && !fields.has("host") && type != Type.NONE) {
            fields.reject(
                    Code.MISSING_KEY,
                    "host",
                    "registry has no 'host': the name goes into its certificate and into every image's name",
                    "host: DNS name that clients type");
        }
        host.filter(name -> name.endsWith(".local"))
                .ifPresent(name -> fields.reject(
                        Code.MDNS_NAME,
                        "host",
                        name
                                + " ends in .local, which hosts with multicast DNS (avahi, systemd-resolved) do not ask the"
                                + " DNS server for; public authorities do not sign it either",
                        "prefer a name of a domain of yours, or see that every client asks DNS for it"));
        return new RegistrySection(
                type,
                host,
                fields.parsed("size", Code.BAD_FORMAT, RegistrySection::quantity)
                        .orElseThrow(),
                fields.texts("trust").stream().map(_ -> Trust.NODES).toList(),
                Item.values(fields.parsedAll("pullSecretNamespaces", Code.BAD_NAME, Names::label)),
                fields.flag("mirror"),
                CanonicalJson.of(fields.node("values").orElseThrow()).toString());
    }

    private static String host(String text) {
        if (text.contains("://") || text.indexOf('/') >= 0 || text.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is not a DNS name: leave out scheme, port and path");
        }
        if (text.matches("[0-9.]+") || text.indexOf('.') < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' cannot name a registry: image names need a DNS name with a dot in it");
        }
        return Names.dns(text);
    }

    private static String quantity(String text) {
        if (!text.matches("[1-9][0-9]*(\\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size: write a number with a unit, such as 200Gi");
        }
        return text;
    }
}
