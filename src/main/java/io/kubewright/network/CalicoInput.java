package io.kubewright.network;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Calico's resources are made from.
 *
 * @param first the control plane that the others join through; the network begins there
 * @param facts by host name; hosts without facts get no resources
 * @param ready the steps after which objects may be made: the API answers, and the networks are those of the file
 * @param runtimes by host name: the step after which containerd runs there
 */
public record CalicoInput(
        List<Host> hosts,
        Host first,
        Map<String, HostFacts> facts,
        List<Cidr> podCidr,
        NetworkSection.Calico calico,
        Set<StepId> ready,
        Map<String, StepId> runtimes) {}
