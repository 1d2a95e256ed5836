package io.kubewright.host;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.host.FirewallRules.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A firewall that is looked at and never changed: what its rules surely keep out is refused. Where it shall be opened and is of a
 * kind that we do not open, so is what its rules do not surely let through.
 *
 * @param link by which other hosts reach this one
 * @param open whether it shall be opened
 */
record CheckedFirewall(
        StepId id, Set<StepId> needs, Passages passages, Optional<String> link, HostFacts facts, boolean open)
        implements HostResource {
    private static final String FUNCTIONS =
            ShellFunctions.of("firewall.sh") + ShellFunctions.of("firewall-rules.sh") + "work=$KW_TMP\n";

    private String kind() {
        return facts.firewall().orElse("nft");
    }

    private FirewallRules rules(String observed) {
        return switch (kind()) {
            case OpenFirewalld.KIND -> FirewalldRules.parse(observed);
            case OpenUfw.KIND -> UfwRules.parse(observed);
            default -> NftRules.parse(observed);
        };
    }

    private List<String> lacking(String observed) {
        return passages.which(
                rules(observed), link, verdict -> verdict == Verdict.CLOSED || open && verdict == Verdict.UNKNOWN);
    }

    @Override
    public String probe() {
        return FUNCTIONS
                + switch (kind()) {
                    case OpenFirewalld.KIND -> "firewalld_rules\n";
                    case OpenUfw.KIND -> "ufw_rules\n";
                    default -> "nft_rules\n";
                };
    }

    @Override
    public String desired(String observed) {
        return observed
                + lacking(observed).stream()
                        .map(each -> "must let through: " + each + "\n")
                        .collect(Collectors.joining());
    }

    /** Never called: a state that is not as wanted is refused. */
    @Override
    public String apply(String observed, Outputs outputs) {
        return "echo 'this firewall is only looked at' >&2\nfalse\n";
    }

    @Override
    public String undo() {
        return "";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        List<String> lacking = lacking(observed);
        if (lacking.isEmpty()) {
            return Optional.empty();
        }
        List<String> unknown = passages.which(rules(observed), link, verdict -> verdict == Verdict.UNKNOWN);
        String name = facts.firewall().orElse("a rule set of nftables that no service loads");
        return Optional.of(new Refusal(
                "%s does not let through %s".formatted(name, String.join("; ", lacking))
                        + (open || unknown.isEmpty()
                                ? ""
                                : ". Of %s its rules do not tell; only a real connection would"
                                        .formatted(String.join("; ", unknown))),
                open
                        ? "Kubewright opens nftables.service, ufw and firewalld, and no others: let these through by hand"
                                + " (docs/how-to/prepare.md has the commands), then set host.firewall to check"
                        : hint()));
    }

    private String hint() {
        return switch (kind()) {
            case OpenNftables.KIND, OpenUfw.KIND, OpenFirewalld.KIND -> "open them, or set host.firewall to manage";
            default -> "open them (docs/how-to/prepare.md has the commands)";
        };
    }
}
