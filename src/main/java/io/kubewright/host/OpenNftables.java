package io.kubewright.host;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Kubernetes needs gets through this host's nftables: our rules stand first in each chain that lets nothing through by
 * itself. A unit puts them there again whenever {@code nftables.service} starts or is reloaded.
 *
 * @param rules as {@link Passages#rules} has them
 */
record OpenNftables(StepId id, Set<StepId> needs, String rules) implements HostResource {
    /** The firewall that it knows how to open. */
    static final String KIND = "nftables";

    private static final String FUNCTIONS = ShellFunctions.of("firewall.sh");
    private static final String FRAGMENT = FUNCTIONS + "work=$KW_TMP\n";
    private static final String OTHER = "closed by another: ";

    private Installation installation() {
        String program = ShellFunctions.of("firewall-program.sh").replace("@FUNCTIONS@\n", FUNCTIONS);
        return new Installation(
                id,
                needs,
                List.of(
                        new TextFile(
                                "/etc/kubewright/firewall.rules",
                                "0644",
                                "# Managed by kubewright (host/firewall). The hook, then the rule.\n" + rules),
                        new TextFile("/usr/local/sbin/kubewright-firewall", "0755", program),
                        new TextFile(
                                "/etc/systemd/system/kubewright-firewall.service",
                                "0644",
                                ShellFunctions.of("firewall.service"))),
                Optional.of(new Service("kubewright-firewall.service", true)),
                List.of(),
                Optional.empty());
    }

    @Override
    public String probe() {
        return installation().probe() + FRAGMENT + "look\n";
    }

    @Override
    public String desired(String observed) {
        return installation().desired(observed);
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return installation().apply(observed, outputs);
    }

    /** The unit takes our rules out when it ends; they may be there without it. */
    @Override
    public String undo() {
        return installation().undo() + FRAGMENT + "if command -v nft >/dev/null; then close_chains; fi\n";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        String others = observed.lines()
                .filter(line -> line.startsWith(OTHER))
                .map(line -> line.substring(OTHER.length()))
                .collect(Collectors.joining(", "));
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "beside nftables.service another firewall lets nothing through here (" + others
                                + "), which Kubewright does not open",
                        "let one firewall decide: move those rules to /etc/nftables.conf, or open its ports by hand and set"
                                + " host.firewall to ignore"));
    }
}
