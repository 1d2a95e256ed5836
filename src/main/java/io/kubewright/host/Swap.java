package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Table;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * No swap, now and at every boot, whoever would switch it on: fstab, a unit, a generator, a service.
 *
 * <p>Units that generators make (of partitions by their type, of zram-generator) come with swap.target, which is masked.
 */
record Swap(StepId id, Set<StepId> needs, HostFacts facts) implements HostResource {
    private static final String FUNCTIONS = ShellFunctions.of("swap.sh");
    private static final List<String> SERVICES = Table.read(Swap.class, "swap.yaml").stream()
            .map(row -> row.text("service"))
            .toList();

    /** A lab's host sees the machine's swap. */
    private String ownSwap() {
        return facts.has(Deviation.SHARED_KERNEL) ? "no" : "yes";
    }

    private String arguments() {
        return Shell.words(
                Stream.concat(Stream.of(ownSwap()), SERVICES.stream()).toList());
    }

    @Override
    public String probe() {
        return FUNCTIONS + "look " + arguments() + "\n";
    }

    @Override
    public String desired(String observed) {
        return "swap.target masked\n";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return FUNCTIONS + "switch_off " + arguments() + "\n";
    }

    @Override
    public String undo() {
        return FUNCTIONS + "put_back " + ownSwap() + "\n";
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.SHARED_KERNEL))
                .map(deviation -> deviation.why() + ": swap in use belongs to the machine and is left alone");
    }
}
