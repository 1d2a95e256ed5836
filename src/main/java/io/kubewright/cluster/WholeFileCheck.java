package io.kubewright.cluster;

import io.kubewright.ingress.IngressSection;
import io.kubewright.kube.EndpointSection.ExternalEndpoint;
import io.kubewright.registry.RegistrySection;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Document;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problems;
import io.kubewright.storage.StorageSection.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that need more than one section. */
final class WholeFileCheck {
    private static final Pointer HOSTS = Pointer.ROOT.child("hosts");
    private static final Pointer ENDPOINT = Pointer.ROOT.child("endpoint");
    private static final Pointer KUBERNETES = Pointer.ROOT.child("kubernetes");
    private static final Pointer INGRESS = Pointer.ROOT.child("ingress");
    private static final Pointer REGISTRY = Pointer.ROOT.child("registry");

    private final Specification specification;
    private final Document document;
    private final Problems problems;

    WholeFileCheck(Specification specification, Document document, Problems problems) {
        this.specification = specification;
        this.document = document;
        this.problems = problems;
    }

    void check(Fields file) {
        if (specification.hosts().size() == file.sections("hosts").size()) {
            checkRoles();
        }
        checkEndpoint();
        checkFamilies();
        checkSecondAddresses();
        checkAddresses();
        checkReplicas();
        specification.registry().ifPresent(this::checkRegistry);
    }

    private void checkRoles() {
        List<Host> controlPlanes = specification.controlPlanes();
        int count = controlPlanes.size();
        if (specification.hosts().isEmpty()) {
            return;
        }
        if (count == 0) {
            problems.add(
                    Code.NO_CONTROL_PLANE,
                    HOSTS,
                    "no host has the role control-plane",
                    "give it to one or three hosts");
        } else if (count % 2 == 0) {
            problems.add(
                    Code.EVEN_CONTROL_PLANES,
                    controlPlanes.getLast().pointer().child("roles"),
                    count + " control planes bear no more failures than " + (count - 1) + ": etcd needs a majority of "
                            + (count / 2 + 1) + ", so " + (count / 2 - 1)
                            + " may fail, and one more member can be lost",
                    "take " + (count - 1) + " or " + (count + 1) + " control planes");
        } else if (count > 7) {
            problems.add(
                    Code.TOO_MANY,
                    controlPlanes.getLast().pointer().child("roles"),
                    count + " control planes: every write waits for a majority of etcd's members, and its makers advise"
                            + " seven at most",
                    "take 3, 5 or 7");
        }
        if (specification.hosts().stream().noneMatch(Host::isWorker)) {
            problems.add(
                    Code.NO_WORKER,
                    HOSTS,
                    "no host has the role worker: pods that do not tolerate control planes stay pending",
                    "add worker to the roles of a host");
        }
    }

    private void checkEndpoint() {
        List<Host> controlPlanes = specification.controlPlanes();
        specification.endpoint().external().map(ExternalEndpoint::host).ifPresent(external -> {
            Optional<Host> same = specification.hosts().stream()
                    .filter(host -> external.equals(host.address())
                            || external.equals(host.nodeIp().toString())
                            || external.equals(host.name()))
                    .findFirst();
            if (same.isPresent() && controlPlanes.size() > 1) {
                problems.add(
                        Code.SINGLE_HOST_ENDPOINT,
                        ENDPOINT.child("external"),
                        "the endpoint is " + same.get().name() + " alone: when that host fails, no node finds the API,"
                                + " however many control planes there are",
                        "use a load balancer elsewhere, or vip: with a free address");
            }
        });
        Optional<IpAddress> vip = specification.endpoint().vip();
        if (vip.isPresent() && !controlPlanes.isEmpty()) {
            int prefix = vip.get().isIpv6() ? 64 : 24;
            List<IpAddress> sameFamily = controlPlanes.stream()
                    .map(Host::nodeIp)
                    .filter(ip -> ip.bits() == vip.get().bits())
                    .toList();
            if (!sameFamily.isEmpty()
                    && sameFamily.stream()
                            .noneMatch(ip -> Cidr.around(ip, prefix).contains(vip.get()))) {
                problems.add(
                        Code.VIP_ELSEWHERE,
                        ENDPOINT.child("vip"),
                        "the virtual IP shares no /" + prefix
                                + " with a control plane; it is announced by ARP or NDP and"
                                + " works only within their network",
                        "check that " + vip.get() + " lies in the network of the control planes");
            }
        }
    }

    private void checkFamilies() {
        Optional<Host> first = specification.hosts().stream().findFirst();
        if (first.isEmpty()) {
            return;
        }
        int bits = first.get().nodeIp().bits();
        String family = bits == 128 ? "IPv6" : "IPv4";
        specification
                .endpoint()
                .vip()
                .filter(vip -> vip.bits() != bits)
                .ifPresent(vip -> problems.add(
                        Code.FAMILY_MISMATCH,
                        ENDPOINT.child("vip"),
                        "the virtual IP " + vip + " is of another IP family than the nodes, which are " + family,
                        ""));
        List<Cidr> pods = specification.kubernetes().podCidr();
        if (!pods.isEmpty() && pods.getFirst().network().bits() != bits) {
            problems.add(
                    Code.FAMILY_MISMATCH,
                    shownPlace(
                            KUBERNETES.child("podCidr").child(0),
                            first.get().pointer().child("nodeIp")),
                    "the first pod network " + pods.getFirst() + " is of another IP family than the nodes, which are "
                            + family,
                    bits == 128
                            ? "give the hosts IPv4 addresses as nodeIp and these as secondNodeIp"
                            : "put the IPv4 networks first in podCidr and serviceCidr");
        }
    }

    private void checkSecondAddresses() {
        boolean two = specification.kubernetes().podCidr().stream()
                        .map(Cidr::isIpv6)
                        .distinct()
                        .count()
                > 1;
        for (Host host : specification.hosts()) {
            if (two && host.secondNodeIp().isEmpty()) {
                problems.add(
                        Code.MISSING_KEY,
                        host.pointer(),
                        host.name()
                                + " has no secondNodeIp, but podCidr has two networks: pods of both IP families need"
                                + " nodes that reach each other in both",
                        "secondNodeIp: the " + (host.nodeIp().isIpv6() ? "IPv4" : "IPv6") + " address of "
                                + host.name());
            }
            if (!two && host.secondNodeIp().isPresent()) {
                problems.add(
                        Code.CONFLICT,
                        host.pointer().child("secondNodeIp"),
                        host.name() + " has a secondNodeIp, but podCidr has one network only",
                        "remove it, or give podCidr and serviceCidr a network of each IP family");
            }
        }
    }

    private Pointer shownPlace(Pointer wanted, Pointer otherwise) {
        return document.find(wanted).isPresent() ? wanted : otherwise;
    }

    private void checkAddresses() {
        AddressPlan plan = new AddressPlan(document);
        for (Host host : specification.hosts()) {
            boolean own = document.find(host.pointer().child("nodeIp")).isPresent();
            plan.host(host.name(), host.nodeIp(), host.pointer().child(own ? "nodeIp" : "address"));
            host.secondNodeIp()
                    .ifPresent(ip -> plan.host(host.name(), ip, host.pointer().child("secondNodeIp")));
            if (own) {
                address(host.address())
                        .filter(ip -> ip.unusable().isEmpty())
                        .ifPresent(
                                ip -> plan.host(host.name(), ip, host.pointer().child("address")));
            }
        }
        specification.endpoint().vip().ifPresent(vip -> plan.vip(vip, ENDPOINT.child("vip")));
        specification
                .endpoint()
                .external()
                .flatMap(external -> address(external.host()))
                .ifPresent(ip -> plan.external(ip, ENDPOINT.child("external")));
        List<Cidr> pods = specification.kubernetes().podCidr();
        for (int i = 0; i < pods.size(); i++) {
            plan.pods(pods.get(i), KUBERNETES.child("podCidr").child(i));
        }
        List<Cidr> services = specification.kubernetes().serviceCidr();
        for (int i = 0; i < services.size(); i++) {
            plan.services(services.get(i), KUBERNETES.child("serviceCidr").child(i));
        }
        specification
                .ingress()
                .flatMap(IngressSection::address)
                .ifPresent(ip -> plan.ingress(ip, INGRESS.child("address")));
        specification.network().attachments().forEach(plan::attachment);
        plan.check(problems);
    }

    private static Optional<IpAddress> address(String text) {
        return text.indexOf(':') >= 0 || text.matches("[0-9.]+")
                ? Optional.of(IpAddress.parse(text))
                : Optional.empty();
    }

    private void checkReplicas() {
        int hosts = specification.hosts().size();
        specification
                .ingress()
                .filter(ingress -> ingress.replicas() > hosts)
                .ifPresent(ingress -> problems.add(
                        Code.FEW_HOSTS,
                        INGRESS.child("replicas"),
                        ingress.replicas() + " ingress replicas run on different hosts, and there are " + hosts,
                        ""));
        specification
                .storage()
                .filter(storage -> storage.provider() instanceof Provider.Longhorn && hosts < 3)
                .ifPresent(_ -> problems.add(
                        Code.FEW_HOSTS,
                        Pointer.ROOT.child("storage").child("class"),
                        "Longhorn keeps three replicas of a volume, and there are " + hosts + " hosts",
                        ""));
    }

    private void checkRegistry(RegistrySection registry) {
        if (registry.type() == RegistrySection.Type.NONE) {
            return;
        }
        List<String> missing = new ArrayList<>();
        if (specification.storage().isEmpty()) {
            missing.add("storage");
        }
        if (specification.ingress().isEmpty()) {
            missing.add("ingress");
        }
        if (!missing.isEmpty()) {
            problems.add(
                    Code.NEEDS_SECTION,
                    REGISTRY,
                    "the registry needs " + String.join(" and ", missing)
                            + ": its images live on a volume, and clients reach it through the ingress",
                    "add "
                            + missing.stream()
                                    .map(name -> name + ": {}")
                                    .reduce((a, b) -> a + " and " + b)
                                    .orElseThrow());
        }
        if (registry.host().isPresent()
                && (specification.endpoint().names().contains(registry.host().get())
                        || registry.host()
                                .equals(specification.endpoint().external().map(ExternalEndpoint::host)))) {
            problems.add(
                    Code.CONFLICT,
                    REGISTRY.child("host"),
                    registry.host().get() + " is also a name of the Kubernetes API, which is served elsewhere",
                    "give the registry a name of its own");
        }
    }
}
