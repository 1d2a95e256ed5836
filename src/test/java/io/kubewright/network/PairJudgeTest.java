package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who is red when packets, names or services fail. */
class PairJudgeTest {
    private static final ProofNode N1 = new ProofNode("n1", "10.77.0.11");
    private static final List<ProofNode> OTHERS = Stream.of(2, 3, 4, 5)
            .map(number -> new ProofNode("n" + number, "10.77.0.1" + number))
            .toList();

    private static Exchange.Seen seen(List<String> out, List<String> in, long sent, long received) {
        List<Flow> flows = Stream.concat(
                        out.stream().map(peer -> new Flow("eth0", "out", peer, 30, 24)),
                        in.stream().map(peer -> new Flow("eth0", "in", peer, 30, 24)))
                .toList();
        return new Exchange.Seen(Map.of(), flows, "", received, sent);
    }

    private static final List<String> ALL =
            OTHERS.stream().map(ProofNode::address).toList();

    @Test
    void aNodeWhoseVxlanGoesBothWaysIsGreen() {
        Verdict verdict = PairJudge.wire(N1, OTHERS, seen(ALL, ALL, 120, 120));
        assertThat(verdict.ok()).isTrue();
        assertThat(verdict.evidence()).contains("out n2 24, n3 24, n4 24, n5 24");
    }

    @Test
    void aPeerUnderAnotherAddressIsNamed() {
        List<String> moved = List.of("10.77.0.12", "10.77.0.13", "10.77.0.14", "10.77.0.115");
        Verdict verdict = PairJudge.wire(N1, OTHERS, seen(moved, moved, 120, 120));
        assertThat(verdict.ok()).isTrue();
        assertThat(verdict.evidence())
                .endsWith("; also to or from 10.77.0.115, which no node with a proof pod has in the file");
    }

    @Test
    void oneSilentPeerIsNotThisNodesFault() {
        List<String> three = ALL.subList(0, 3);
        Verdict verdict = PairJudge.wire(N1, OTHERS, seen(ALL, three, 120, 90));
        assertThat(verdict.ok()).isTrue();
        assertThat(verdict.evidence()).contains("nothing to or from n5");
    }

    @Test
    void aNodeThatDropsWhatGoesOutIsNamedWithTheCause() {
        Verdict verdict = PairJudge.wire(N1, OTHERS, seen(List.of(), ALL, 120, 120));
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.evidence())
                .contains("left n1 for n2, n3, n4, n5")
                .contains("something on the host drops UDP 4789 on its way out");
    }

    @Test
    void aNodeThatDropsWhatComesInIsToldFromOneThatGetsNothing() {
        assertThat(PairJudge.wire(N1, OTHERS, seen(ALL, ALL, 120, 0)).evidence())
                .contains("come to n1 but none came out of vxlan.calico on n1")
                .contains("drops UDP 4789 on its way in");
        assertThat(PairJudge.wire(N1, OTHERS, seen(ALL, List.of(), 120, 0)).evidence())
                .contains("came to n1 from n2, n3, n4, n5");
    }

    @Test
    void vxlanWithoutOurWordsDoesNotCount() {
        List<Flow> foreign = ALL.stream()
                .flatMap(peer -> Stream.of(new Flow("eth0", "out", peer, 500, 0), new Flow("eth0", "in", peer, 500, 0)))
                .toList();
        assertThat(PairJudge.wire(N1, OTHERS, new Exchange.Seen(Map.of(), foreign, "", 500, 500))
                        .ok())
                .isFalse();
    }

    @Test
    void countersAreReadFromProcNetDev() {
        // /proc/net/dev of a Debian 13 host, cut by the sed of Exchange's script; flows and outcomes as the probe
        // prints them.
        Exchange.Seen seen = Exchange.read(Sections.parse("""
                == before
                vxlan.calico   12345     100    0    0    0     0          0         0    23456     200    0    0    0     0       0          0
                == outcomes
                {"id":"udp n2","reached":true,"attempts":1,"sent":8,"received":8,"answers":{"n2":9},"error":"","millis":1}
                == wire
                {"link":"eth0","direction":"in","peer":"10.77.0.12","count":12,"token":12}
                == wire failure
                == after
                vxlan.calico   99999     112    0    0    0     0          0         0    99999     213    0    0    0     0       0          0
                """));
        assertThat(seen.received()).isEqualTo(12);
        assertThat(seen.sent()).isEqualTo(13);
        assertThat(seen.wire()).containsExactly(new Flow("eth0", "in", "10.77.0.12", 12, 12));
        assertThat(seen.outcomes().get("udp n2")).extracting(Outcome::received).isEqualTo(8);
    }

    private static Outcome answered(int sent, int received, String... by) {
        return new Outcome(
                "x",
                true,
                1,
                sent,
                received,
                Stream.of(by).collect(java.util.stream.Collectors.toMap(each -> each, _ -> 5)),
                "",
                1);
    }

    @Test
    void aServiceIsRedWhereMostEndpointsAreMissing() {
        Set<String> all = Set.of("n1", "n2", "n3", "n4", "n5");
        Map<String, Outcome> most = Map.of(
                "tcp", answered(80, 64, "n1", "n2", "n3", "n5"), "udp", answered(80, 64, "n1", "n2", "n3", "n5"));
        Verdict elsewhere = ServiceProofs.judge("n1", "10.96.1.1:7070", all, most);
        assertThat(elsewhere.ok()).isTrue();
        assertThat(elsewhere.evidence()).contains("not by n4");
        Map<String, Outcome> own = Map.of("tcp", answered(80, 16, "n4"), "udp", answered(80, 16, "n4"));
        Verdict broken = ServiceProofs.judge("n4", "10.96.1.1:7070", all, own);
        assertThat(broken.ok()).isFalse();
        assertThat(broken.evidence()).contains("from a pod on n4").contains("n1, n2, n3, n5");
    }

    @Test
    void aNodePortIsRedWhenMostHostsCannotReachIt() {
        assertThat(ServiceProofs.judgePort("n4", "10.77.0.14:30000", List.of("n1", "n2", "n3"), List.of("n5"))
                        .ok())
                .isTrue();
        assertThat(ServiceProofs.judgePort("n4", "10.77.0.14:30000", List.of("n1"), List.of("n2", "n3", "n5"))
                        .ok())
                .isFalse();
        assertThat(ServiceProofs.judgePort("n2", "10.77.0.12:30000", List.of(), List.of("n1"))
                        .ok())
                .isFalse();
    }

    @Test
    void namesMustHaveTheAddressTheApiSays() {
        Map<String, String> expected = Map.of("echo.ns.svc.cluster.local", "10.96.1.1");
        Outcome right = new Outcome("echo.ns.svc.cluster.local", true, 1, 0, 0, Map.of("NOERROR 10.96.1.1", 1), "", 1);
        Outcome wrong = new Outcome("echo.ns.svc.cluster.local", true, 1, 0, 0, Map.of("NXDOMAIN", 1), "", 1);
        assertThat(NameProofs.judge("n1", expected, Map.of(right.id(), right)).ok())
                .isTrue();
        assertThat(NameProofs.judge("n1", expected, Map.of(wrong.id(), wrong)).evidence())
                .contains("a pod on n1 is told NXDOMAIN");
    }

    @Test
    void aNameOutsideHasTheHostsAnswer() {
        assertThat(NameProofs.judgeUpstream("n1", Optional.of("NXDOMAIN"), Optional.of("NXDOMAIN"))
                        .ok())
                .isTrue();
        assertThat(NameProofs.judgeUpstream("n1", Optional.of("NOERROR 1.2.3.4"), Optional.of("NOERROR 1.2.3.5"))
                        .ok())
                .isTrue();
        assertThat(NameProofs.judgeUpstream("n1", Optional.of("NXDOMAIN"), Optional.of("SERVFAIL"))
                        .ok())
                .isFalse();
        assertThat(NameProofs.judgeUpstream("n1", Optional.of("SERVFAIL"), Optional.of("SERVFAIL"))
                        .ok())
                .isFalse();
        assertThat(NameProofs.judgeUpstream("n1", Optional.empty(), Optional.of("NXDOMAIN"))
                        .evidence())
                .contains("resolver of host n1");
    }

    @Test
    void aPolicyThatDoesNotDenyIsRed() {
        PolicyProof.Course enforced = new PolicyProof.Course(true, true, true, "");
        PolicyProof.Course ignored = new PolicyProof.Course(false, true, false, "");
        assertThat(PolicyProof.judge(PolicyProof.Direction.INGRESS, "n1", "open-n2", "guarded-n1", enforced)
                        .ok())
                .isTrue();
        assertThat(PolicyProof.judge(PolicyProof.Direction.INGRESS, "n1", "open-n2", "guarded-n1", ignored)
                        .evidence())
                .contains("calico-node on n1 does not enforce policies")
                .contains("port 7080 is open");
    }
}
