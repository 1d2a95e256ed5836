package io.kubewright.cluster;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.host.HostInput;
import io.kubewright.host.HostPackage;
import io.kubewright.host.HostResources;
import io.kubewright.host.HostSection;
import io.kubewright.kube.Departure;
import io.kubewright.kube.DnsSpread;
import io.kubewright.kube.KubeInput;
import io.kubewright.kube.KubePorts;
import io.kubewright.kube.KubeResources;
import io.kubewright.kube.ProxySettings;
import io.kubewright.kube.ServingCertificates;
import io.kubewright.kube.Settled;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.network.AttachmentInput;
import io.kubewright.network.AttachmentResources;
import io.kubewright.network.CalicoInput;
import io.kubewright.network.CalicoResources;
import io.kubewright.network.NetworkPorts;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that a file asks for, as resources, and the steps between the rooms. */
public final class Blueprint {
    private final Specification specification;
    private final Map<String, HostFacts> facts;
    private final Bundle bundle;
    private final KubeInput kube;
    private final Standing standing;
    private final Set<String> newcomers;

    private Blueprint(
            Specification specification,
            Map<String, HostFacts> facts,
            Bundle bundle,
            KubeInput kube,
            Standing standing,
            Set<String> newcomers) {
        this.specification = specification;
        this.facts = facts;
        this.bundle = bundle;
        this.kube = kube;
        this.standing = standing;
        this.newcomers = newcomers;
    }

    /**
     * Everything that the file asks for.
     *
     * @param facts by host name, with the deviations that were accepted
     * @param standing what the cluster knows already
     */
    public static Blueprint of(
            Specification specification,
            Inspection.Result inspected,
            Map<String, HostFacts> facts,
            Standing standing,
            Bundle bundle) {
        Map<String, Set<StepId>> prepared = new LinkedHashMap<>();
        for (Host host : specification.hosts()) {
            prepared.put(host.name(), HostResources.prepared(host.name(), specification.host()));
        }
        Set<String> newcomers = newcomers(specification, inspected);
        KubeInput kube = new KubeInput(
                specification.metadata().name(),
                specification.hosts(),
                specification.endpoint(),
                specification.kubernetes(),
                facts,
                inspected.controlPlanes(),
                standing.remains(inspected).keySet(),
                prepared,
                newcomers.stream()
                        .collect(Collectors.toMap(host -> host, host -> Set.of(AttachmentResources.configured(host)))),
                specification.host().swap() == HostSection.Swap.OFF,
                proxy(specification.host().proxy()));
        return new Blueprint(specification, facts, bundle, kube, standing, newcomers);
    }

    /** Hosts whose first pods must find further networks set up, because the cluster that they join has them already. */
    private static Set<String> newcomers(Specification specification, Inspection.Result inspected) {
        if (inspected.controlPlanes().isEmpty()
                || specification.network().attachments().isEmpty()) {
            return Set.of();
        }
        return inspected.facts().keySet().stream()
                .filter(host -> !inspected.joined().contains(host))
                .collect(Collectors.toSet());
    }

    private static Optional<ProxySettings> proxy(HostSection.Proxy proxy) {
        return proxy.http().isPresent() || proxy.https().isPresent()
                ? Optional.of(new ProxySettings(proxy.http(), proxy.https(), proxy.no()))
                : Optional.empty();
    }

    /** All resources of the file. */
    public List<Resource> resources(ClusterApi api) {
        List<Resource> resources = new ArrayList<>(HostResources.of(new HostInput(
                specification.hosts(),
                specification.host(),
                facts,
                packages(),
                specification.kubernetes().podCidr(),
                Stream.concat(KubePorts.table().stream(), NetworkPorts.table().stream())
                        .toList(),
                AttachmentResources.kinds(specification.network().attachments()))));
        resources.addAll(KubeResources.of(kube, bundle));
        ServingCertificates.of(api, kube).ifPresent(resources::add);
        Map<String, StepId> runtimes = new LinkedHashMap<>();
        facts.keySet().forEach(host -> runtimes.put(host, KubeResources.runtime(host)));
        resources.addAll(CalicoResources.of(
                api,
                bundle,
                new CalicoInput(
                        specification.hosts(),
                        kube.first(),
                        facts,
                        specification.kubernetes().podCidr(),
                        specification.network().calico(),
                        Set.of(KubeResources.apiAnswers(kube), KubeResources.settings(kube)),
                        runtimes)));
        resources.addAll(AttachmentResources.of(
                api,
                bundle,
                new AttachmentInput(
                        specification.hosts(),
                        facts,
                        specification.network().attachments(),
                        Set.of(KubeResources.apiAnswers(kube), CalicoResources.running()),
                        runtimes,
                        newcomers)));
        resources.addAll(remains(api));
        resources.add(
                standing.inventory().resource(api, specification, resources, Set.of(KubeResources.apiAnswers(kube))));
        Set<StepId> moving = resources.stream()
                .map(Resource::id)
                // Kubelets get their certificates while the cluster comes to rest: neither waits for the other.
                .filter(step -> !step.equals(ServingCertificates.ID))
                .filter(step ->
                        step.target().equals(StepId.CLUSTER) || step.path().startsWith("kube/"))
                .collect(Collectors.toSet());
        Settled settled = Settled.after(api, kube, moving);
        resources.add(settled);
        resources.add(DnsSpread.after(settled));
        resources.addAll(ProofImages.of(facts, bundle));
        return List.copyOf(resources);
    }

    private List<Resource> remains(ClusterApi api) {
        List<Host> staying = specification.controlPlanes().stream()
                .filter(host -> kube.existing().contains(host.name()))
                .toList();
        return specification.hosts().stream()
                .filter(host -> kube.remains().contains(host.name()))
                .flatMap(host -> new Departure(host, standing.isControlPlane(host.name()), Set.of(), staying, Set.of())
                        .remains(api).stream())
                .toList();
    }

    private Map<String, List<HostPackage>> packages() {
        Map<String, List<HostPackage>> packages = new LinkedHashMap<>();
        facts.forEach((name, host) -> {
            Architecture architecture = Architecture.of(host.architecture());
            packages.put(
                    name,
                    bundle.packages(host.osId() + "-" + host.osVersion(), architecture).stream()
                            .filter(each -> each.set().equals("node")
                                    || each.set().equals("time")
                                            && HostResources.bringsTime(specification.host(), host))
                            .map(each -> new HostPackage(
                                    each.name(), each.version(), each.file().blob()))
                            .distinct()
                            .toList());
        });
        return packages;
    }
}
