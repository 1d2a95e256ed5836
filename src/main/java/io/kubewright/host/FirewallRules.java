package io.kubewright.host;

import io.kubewright.spec.Port;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.IntStream;

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

    /** Above so many ports rules that open some of them each are not put together: they are written as a range. */
    int FEW = 16;

    /** What becomes of it, and of each of its ports where there are few: several rules may open them one by one. */
    default Verdict verdict(Packet packet) {
        Optional<Port> few = packet.port().filter(port -> port.last() - port.first() < FEW);
        return few.isEmpty()
                ? whole(packet)
                : Verdict.all(IntStream.rangeClosed(few.get().first(), few.get().last())
                        .mapToObj(number -> whole(packet.at(number)))
                        .toList());
    }

    /** What becomes of a packet as far as single rules tell it of all its ports. */
    Verdict whole(Packet packet);
}
