package io.kubewright.host;

import io.kubewright.engine.Finding;
import io.kubewright.engine.Proof;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.spec.Host;
import java.util.List;

/** The proofs of prepared hosts. */
public final class HostProofs {
    private HostProofs() {}

    public static List<Proof> of(List<Host> hosts, Targets targets) {
        return List.of(new NamedProof(
                "proof/clock", "the host's clock is within one second of the others'", _ -> clocks(hosts, targets)));
    }

    /** How far each host's clock is from the middle of all. */
    public static List<Finding> clocks(List<Host> hosts, Targets targets) throws InterruptedException {
        return ClockProof.run(hosts.stream().map(Host::name).toList(), targets);
    }
}
