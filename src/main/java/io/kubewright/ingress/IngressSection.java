package io.kubewright.ingress;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.SectionSchema;
import java.util.Optional;

/**
 * How HTTP gets in.
 *
 * @param ingressClass the controller, such as traefik
 * @param address what DNS names point to; empty means the nodes' own addresses
 */
public record IngressSection(String ingressClass, Optional<IpAddress> address, int replicas) {

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("ingress", IngressSection.class);

    public static IngressSection read(Fields fields) {
        Optional<IpAddress> address = fields.parsed("address", Code.BAD_ADDRESS, IpAddress::parse);
        address.flatMap(IpAddress::unusable)
                .ifPresent(reason -> fields.reject(
                        Code.BAD_ADDRESS, "address", "nobody can reach this address: it is " + reason, ""));
        return new IngressSection(
                fields.text("class").orElseThrow(),
                address,
                fields.integer("replicas").orElseThrow());
    }
}
