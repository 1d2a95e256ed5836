package io.kubewright.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a lab has or is about to have; written before anything is made, so that a killed run leaves a trace of it.
 *
 * @param id random
 * @param bootId of the machine, since network, processes and cgroups do not outlive a boot
 * @param backend containers where an older build wrote the state
 * @param cgroups every directory that belongs to the lab
 * @param cache where root file systems are kept
 */
record LabState(
        String schema,
        String id,
        String bootId,
        Phase phase,
        Backend backend,
        String prefix,
        List<Member> members,
        List<String> cgroups,
        String cache) {
    static final String SCHEMA = "kubewright.io/lab-state/v1";

    LabState {
        backend = Objects.requireNonNullElse(backend, Backend.NSPAWN);
    }

    enum Phase {
        RAISING,
        STANDING,
        LOWERING
    }

    /**
     * A host of the lab.
     *
     * @param index gives its link's name; never used twice in a lab
     * @param made whether it once answered; what is not made is begun anew
     */
    record Member(String name, String address, int index, boolean made) {
        LabHost host() {
            return new LabHost(name, address);
        }
    }

    LabNetwork network() {
        return new LabNetwork(prefix);
    }

    LabState with(Phase changed) {
        return new LabState(schema, id, bootId, changed, backend, prefix, members, cgroups, cache);
    }

    LabState withBoot(String boot) {
        return new LabState(schema, id, boot, phase, backend, prefix, members, cgroups, cache);
    }

    LabState withMembers(List<Member> changed) {
        return new LabState(schema, id, bootId, phase, backend, prefix, List.copyOf(changed), cgroups, cache);
    }

    LabState withCgroups(List<String> changed) {
        return new LabState(schema, id, bootId, phase, backend, prefix, members, List.copyOf(changed), cache);
    }

    /** The same with these hosts after its own, not yet made. */
    LabState plus(List<LabHost> hosts) {
        List<Member> all = new ArrayList<>(members);
        int next = members.stream().mapToInt(Member::index).max().orElse(0) + 1;
        for (LabHost host : hosts) {
            all.add(new Member(host.name(), host.address(), next++, false));
        }
        return withMembers(all);
    }

    LabState allMade() {
        return withMembers(members.stream()
                .map(member -> new Member(member.name(), member.address(), member.index(), true))
                .toList());
    }

    Optional<Member> member(String name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    List<LabHost> hosts() {
        return members.stream().map(Member::host).toList();
    }

    /**
     * The hosts of the file that the lab lacks.
     *
     * @throws LabException when the file is about other hosts than the lab's
     */
    List<LabHost> missing(List<LabHost> wanted) {
        List<LabHost> standing = hosts();
        List<LabHost> missing = new ArrayList<>();
        for (LabHost host : wanted) {
            if (standing.contains(host)) {
                continue;
            }
            standing.stream()
                    .filter(other ->
                            other.name().equals(host.name()) || other.address().equals(host.address()))
                    .findFirst()
                    .ifPresent(other -> {
                        throw otherHosts("the file has " + host.name() + " at " + host.address() + ", the standing lab "
                                + other.name() + " at " + other.address());
                    });
            missing.add(host);
        }
        if (missing.size() == wanted.size()) {
            throw otherHosts("none of the file's hosts is of the standing lab");
        }
        if (!LabNetwork.of(wanted).equals(network())) {
            throw otherHosts("the file's hosts lie outside the standing lab's network "
                    + network().cidr());
        }
        return missing;
    }

    private static LabException otherHosts(String what) {
        return LabException.refused(
                what + "; a machine holds one lab",
                "Take the standing lab down first (kubewright lab down), or use its hosts in the file.");
    }
}
