package io.kubewright.ingress;

import io.kubewright.spec.IpAddress;
import java.util.Optional;

/**
 * How HTTP gets in.
 *
 * @param ingressClass the controller, such as traefik
 * @param address what DNS names point to; empty means the nodes' own addresses
 */
public record IngressSection(String ingressClass, Optional<IpAddress> address, int replicas) {}
