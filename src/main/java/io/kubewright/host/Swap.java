package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.StepId;
import java.util.Optional;
import java.util.Set;

/** No swap, now and at every boot, whoever would switch it on: fstab, a unit, a generator. */
record Swap(StepId id, Set<StepId> needs, HostFacts facts) implements HostResource {
    private static final String MARK = "# switched off by kubewright: ";

    private boolean ownSwap() {
        return !facts.has(Deviation.SHARED_KERNEL);
    }

    @Override
    public String probe() {
        return """
                if [ -f /etc/fstab ]; then awk '$1 !~ /^#/ && $3 == "swap" { print "fstab " $1 }' /etc/fstab; fi
                """ + (ownSwap() ? "awk 'NR > 1 { print \"active \" $1 }' /proc/swaps\n" : "") + """
                if [ "$(systemctl is-enabled swap.target 2>/dev/null)" = masked ]; then echo 'swap.target masked'; fi
                """;
    }

    @Override
    public String desired(String observed) {
        return "swap.target masked\n";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        boolean inFstab = observed.lines().anyMatch(line -> line.startsWith("fstab "));
        boolean active = observed.lines().anyMatch(line -> line.startsWith("active "));
        return (active ? """
                        used=$(awk 'NR > 1 { sum += $4 } END { print sum + 0 }' /proc/swaps)
                        free=$(sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)
                        if [ "$used" -ge "$free" ]; then
                            echo "swap holds $used KiB and only $free KiB of memory are free: stop something first" >&2
                            exit 1
                        fi
                        """ : "")
                + (inFstab ? """
                        mode=$(stat -c '%%a' /etc/fstab)
                        changed=$(awk '$1 !~ /^#/ && $3 == "swap" { print "%s" $0; next } { print }' /etc/fstab)
                        printf '%%s\\n' "$changed" | kw_put /etc/fstab "$mode"
                        """.formatted(MARK) : "")
                + "systemctl mask --quiet swap.target\n"
                + (active ? "swapoff -a\n" : "");
    }

    /** Lines that we switched off, not the file of then: others may have added theirs. */
    @Override
    public String undo() {
        return """
                if grep -qs '^%1$s' /etc/fstab; then
                    cp -p /etc/fstab /etc/.fstab.kw-new
                    sed 's/^%1$s//' /etc/fstab >/etc/.fstab.kw-new
                    mv /etc/.fstab.kw-new /etc/fstab
                fi
                systemctl unmask --quiet swap.target
                """.formatted(MARK) + (ownSwap() ? "swapon -a || :\n" : "");
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.SHARED_KERNEL))
                .map(deviation -> deviation.why() + ": swap in use belongs to the machine and is left alone");
    }
}
