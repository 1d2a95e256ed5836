package io.kubewright.cluster;

import io.kubewright.network.Attachment;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Document;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Problems;
import java.util.ArrayList;
import java.util.List;

/** Everything in the file that takes addresses, and whether two things take the same. */
final class AddressPlan {
    /** One thing that takes addresses; {@code free} are those within its range that it leaves alone. */
    private record Claim(Kind kind, String owner, AddressRange range, List<Cidr> free, Pointer place) {
        String words() {
            return owner + " (" + range + ")";
        }
    }

    private enum Kind {
        HOST,
        VIP,
        EXTERNAL,
        PODS,
        SERVICES,
        INGRESS,
        ATTACHMENT
    }

    private final List<Claim> claims = new ArrayList<>();
    private final Document document;

    AddressPlan(Document document) {
        this.document = document;
    }

    void host(String name, IpAddress address, Pointer place) {
        single(Kind.HOST, "the address of " + name, address, place);
    }

    void vip(IpAddress address, Pointer place) {
        single(Kind.VIP, "the virtual IP", address, place);
    }

    void external(IpAddress address, Pointer place) {
        single(Kind.EXTERNAL, "the external endpoint", address, place);
    }

    void ingress(IpAddress address, Pointer place) {
        single(Kind.INGRESS, "the ingress address", address, place);
    }

    void pods(Cidr network, Pointer place) {
        claims.add(new Claim(Kind.PODS, "the pod network", network.range(), List.of(), place));
    }

    void services(Cidr network, Pointer place) {
        claims.add(new Claim(Kind.SERVICES, "the service network", network.range(), List.of(), place));
    }

    void attachment(Attachment attachment) {
        if (attachment.ipam() instanceof Ipam.Whereabouts whereabouts) {
            claims.add(new Claim(
                    Kind.ATTACHMENT,
                    "the range of attachment " + attachment.name(),
                    whereabouts.range(),
                    whereabouts.exclude(),
                    attachment.pointer().child("ipam").child("range")));
        }
    }

    private void single(Kind kind, String owner, IpAddress address, Pointer place) {
        claims.add(new Claim(kind, owner, AddressRange.of(address), List.of(), place));
    }

    void check(Problems problems) {
        for (int later = 1; later < claims.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                check(claims.get(earlier), claims.get(later), problems);
            }
        }
    }

    private void check(Claim earlier, Claim later, Problems problems) {
        if (!earlier.range().overlaps(later.range())
                || isMeant(earlier.kind(), later.kind())
                || isLeftAlone(earlier, later)) {
            return;
        }
        // A default has no place of its own: then the problem stands at what it collides with.
        boolean shownAtLater = document.find(later.place()).isPresent()
                || document.find(earlier.place()).isEmpty();
        Claim shown = shownAtLater ? later : earlier;
        Claim other = shownAtLater ? earlier : later;
        problems.add(
                Code.OVERLAP,
                shown.place(),
                shown.words() + " overlaps " + other.words()
                        + (document.find(other.place()).isPresent() ? "" : ", a default")
                        + ": packets for one would reach the other",
                "choose addresses that nothing else uses");
    }

    /** Duplicate hosts have a problem of their own, and a load balancer may well run on a host. */
    private static boolean isMeant(Kind earlier, Kind later) {
        return earlier == Kind.HOST && (later == Kind.HOST || later == Kind.EXTERNAL);
    }

    private static boolean isLeftAlone(Claim earlier, Claim later) {
        IpAddress first = max(earlier.range().first(), later.range().first());
        IpAddress last = min(earlier.range().last(), later.range().last());
        AddressRange shared = new AddressRange(first, last);
        return earlier.free().stream().anyMatch(network -> network.range().contains(shared))
                || later.free().stream().anyMatch(network -> network.range().contains(shared));
    }

    private static IpAddress max(IpAddress a, IpAddress b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static IpAddress min(IpAddress a, IpAddress b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
