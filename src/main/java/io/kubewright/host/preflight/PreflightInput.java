package io.kubewright.host.preflight;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.spec.Host;
import io.kubewright.spec.Port;
import java.util.List;
import java.util.Map;

/**
 * What the checks work with.
 *
 * @param ports at which hosts must be reached
 * @param names that every host must be able to look up, besides its own
 * @param facts by host name
 */
public record PreflightInput(
        List<Host> hosts,
        List<Port> ports,
        List<String> names,
        Map<String, HostFacts> facts,
        Targets targets,
        HostProbe probe) {}
