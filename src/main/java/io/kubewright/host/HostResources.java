package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How every host is prepared, before anything of Kubernetes comes. */
public final class HostResources {
    private static final String FIREWALL = "host/firewall";

    private HostResources() {}

    /** The step after which a host is prepared; what builds on hosts needs all of them. */
    public static Set<StepId> prepared(String host, HostSection section) {
        Set<StepId> last = new LinkedHashSet<>();
        last.add(new StepId("host/sysctl", host));
        if (section.swap() == HostSection.Swap.OFF) {
            last.add(new StepId("host/swap", host));
        }
        if (!section.timeServers().isEmpty()) {
            last.add(new StepId("host/time", host));
        }
        if (section.firewall() != HostSection.Firewall.IGNORE) {
            last.add(new StepId(FIREWALL, host));
        }
        return Set.copyOf(last);
    }

    /** Whether the host lacks what follows the time servers of the file. */
    public static boolean bringsTime(HostSection section, HostFacts facts) {
        return !section.timeServers().isEmpty() && facts.timeService().isEmpty() && !facts.has(Deviation.SHARED_KERNEL);
    }

    public static List<Resource> of(HostInput input) {
        List<Resource> resources = new ArrayList<>();
        for (Host host : input.hosts()) {
            HostFacts facts = input.facts().get(host.name());
            if (facts != null) {
                resources.addAll(of(input, host, facts));
            }
        }
        return resources;
    }

    private static List<Resource> of(HostInput input, Host each, HostFacts facts) {
        String host = each.name();
        List<Resource> resources = new ArrayList<>();
        StepId packages = new StepId("host/packages", host);
        StepId modules = new StepId("host/modules", host);
        PackageSource source = PackageSource.of(
                facts, input.packages().getOrDefault(host, List.of()), bringsTime(input.section(), facts));
        resources.add(new Packages(packages, source));
        resources.add(new Modules(modules, Set.of(packages), Module.of(input.networks()), facts));
        resources.add(
                Sysctl.of(new StepId("host/sysctl", host), Set.of(modules), input.section(), facts, input.ipv6()));
        if (input.section().swap() == HostSection.Swap.OFF) {
            resources.add(new Swap(new StepId("host/swap", host), Set.of(packages), facts));
        }
        if (!input.section().timeServers().isEmpty()) {
            resources.add(new Time(
                    new StepId("host/time", host),
                    Set.of(packages),
                    input.section().timeServers(),
                    facts,
                    source.brings("chrony")));
        }
        if (input.section().firewall() != HostSection.Firewall.IGNORE) {
            resources.add(firewall(input, each, facts, Set.of(packages)));
        }
        return resources;
    }

    private static HostResource firewall(HostInput input, Host host, HostFacts facts, Set<StepId> needs) {
        StepId id = new StepId(FIREWALL, host.name());
        boolean open = input.section().firewall() == HostSection.Firewall.MANAGE;
        Passages passages = Passages.of(host, input.hosts(), input.ports(), input.pods());
        Optional<String> link = facts.linkOf(host.nodeIp().toString()).map(HostFacts.Link::name);
        return switch (open ? facts.firewall().orElse("") : "") {
            case OpenNftables.KIND -> new OpenNftables(id, needs, passages.rules());
            case OpenUfw.KIND -> new OpenUfw(id, needs, passages);
            case OpenFirewalld.KIND -> new OpenFirewalld(id, needs, passages, link.orElse(""));
            default -> new CheckedFirewall(id, needs, passages, link, facts, open);
        };
    }
}
