package io.kubewright.host;

import java.util.Collection;

/** The rules of a firewall as it tells them. */
sealed interface FirewallRules permits NftRules, UfwRules, FirewalldRules {
    /** What becomes of a packet, as far as rules tell: some depend on what is known only when it comes. */
    enum Verdict {
        OPEN,
        CLOSED,
        UNKNOWN;

        /** Of a packet that several must let through. */
        static Verdict all(Collection<Verdict> verdicts) {
            return verdicts.contains(CLOSED) ? CLOSED : verdicts.contains(UNKNOWN) ? UNKNOWN : OPEN;
        }
    }

    Verdict verdict(Packet packet);
}
