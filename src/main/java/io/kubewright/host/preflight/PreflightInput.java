package io.kubewright.host.preflight;

import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.spec.Host;
import io.kubewright.spec.Port;
import java.util.List;

/**
 * What the checks work with.
 *
 * @param ports at which hosts must be reached
 * @param names that every host must be able to look up, besides its own
 */
public record PreflightInput(
        List<Host> hosts, List<Port> ports, List<String> names, Targets targets, HostProbe probe) {}
