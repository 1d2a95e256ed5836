package io.kubewright.kube;

import io.kubewright.engine.HostCompanion;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes a control plane's member out of etcd, from another control plane. All that stay must be well: with one of them
 * amiss the majority could go.
 *
 * @param on where it is done
 * @param leaving whose member goes
 * @param staying whose members stay
 */
record EtcdDeparture(Host on, Host leaving, List<Host> staying, Set<StepId> needs, Set<StepId> accompanies)
        implements HostCompanion {
    @Override
    public StepId id() {
        return new StepId("kube/etcd/leave-" + leaving.name(), on.name());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return Templates.text("etcd.sh")
                + Templates.text(
                        "etcd-departure.sh",
                        "name",
                        Shell.quote(leaving.name()),
                        "address",
                        Shell.quote(Node.authority(leaving)),
                        "staying",
                        Shell.quote(staying.stream()
                                .map(host -> "https://" + Node.authority(host) + ":2379")
                                .collect(Collectors.joining(","))));
    }
}
