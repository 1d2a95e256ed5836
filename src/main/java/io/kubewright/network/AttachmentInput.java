package io.kubewright.network;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the resources of further networks are made from.
 *
 * @param facts by host name; hosts without facts get no resources
 * @param ready the steps after which objects may be made
 * @param runtimes by host name: the step after which containerd runs there
 * @param newcomers hosts that are about to join a cluster which is there
 */
public record AttachmentInput(
        List<Host> hosts,
        Map<String, HostFacts> facts,
        List<Attachment> attachments,
        Set<StepId> ready,
        Map<String, StepId> runtimes,
        Set<String> newcomers) {}
