package io.kubewright.host.preflight;

import io.kubewright.engine.Proof;
import io.kubewright.host.HostProofs;
import io.kubewright.kubeapi.proof.NamedProof;
import java.util.List;

/** The checks of hosts; for one run: what was seen is kept. */
public final class Preflight {
    private Preflight() {}

    /** Nothing is done before a check is run. */
    public static List<Proof> of(PreflightInput input) {
        HostChecks hosts = new HostChecks(input);
        PortChecks ports = new PortChecks(input, hosts);
        return List.of(
                new NamedProof(
                        "preflight/identity",
                        "the host has a name and a product UUID of its own",
                        _ -> hosts.identity()),
                new NamedProof("preflight/names", "the names it needs resolve on the host", _ -> hosts.names()),
                new NamedProof(
                        "preflight/clock",
                        "the host's clock is within one second of the others'",
                        _ -> HostProofs.clocks(input.hosts(), input.targets())),
                new NamedProof(
                        "preflight/signs", "nothing on the host gets in the way of Kubernetes", _ -> hosts.signs()),
                new NamedProof(
                        "preflight/latency",
                        "the disk makes etcd's writes safe within one heartbeat",
                        _ -> hosts.latency()),
                new NamedProof(
                        "preflight/free-ports",
                        "the ports that its servers need are free on the host, or theirs",
                        _ -> ports.free()),
                new NamedProof(
                        "preflight/ports",
                        "the one host reaches the other at every port that it will call there",
                        _ -> ports.reached()));
    }
}
