package io.kubewright.network;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Map;

/**
 * What Calico's resources are made from.
 *
 * @param first the control plane that the others join through; the network begins there
 * @param facts by host name; hosts without facts get no resources
 * @param apiAnswers the step after which the cluster's API answers
 * @param runtimes by host name: the step after which containerd runs there
 */
public record CalicoInput(
        List<Host> hosts,
        Host first,
        Map<String, HostFacts> facts,
        List<Cidr> podCidr,
        NetworkSection.Calico calico,
        StepId apiAnswers,
        Map<String, StepId> runtimes) {}
