package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.engine.Proof;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.Tree;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.network.Attachment.Ipam;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What holds for attachments as a whole: that Multus is asked first, and that pods and addresses are as its books say. */
final class AttachmentProofs {
    static final String ASKING = "k8s.v1.cni.cncf.io/networks";
    static final String ANSWER = "k8s.v1.cni.cncf.io/network-status";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** The first file by name is what containerd reads. */
    private static final String LOOK = """
            echo == first
            for each in /etc/cni/net.d/*.conf /etc/cni/net.d/*.conflist /etc/cni/net.d/*.json; do
                if [ -f "$each" ]; then printf '%s\\n' "$each"; fi
            done | LC_ALL=C sort | head -n 1
            echo == socket
            if [ -S /run/multus/multus.sock ]; then echo there; fi
            echo == daemon
            crictl --runtime-endpoint unix:///run/containerd/containerd.sock ps --quiet --state running --name '^kube-multus$'
            """;

    private final List<ProofNode> nodes;
    private final List<Attachment> attachments;
    private final KubeClient api;
    private final HostProbe hosts;

    private AttachmentProofs(List<ProofNode> nodes, List<Attachment> attachments, KubeClient api, HostProbe hosts) {
        this.nodes = nodes;
        this.attachments = attachments;
        this.api = api;
        this.hosts = hosts;
    }

    /** None without attachments. */
    static List<Proof> of(List<ProofNode> nodes, List<Attachment> attachments, KubeClient api, HostProbe hosts) {
        if (attachments.isEmpty()) {
            return List.of();
        }
        AttachmentProofs made = new AttachmentProofs(nodes, attachments, api, hosts);
        List<Proof> proofs = new ArrayList<>(List.of(
                new NamedProof(
                        "proof/attachments/multus",
                        "containerd on the node leads pods through Multus, whose daemon runs there",
                        _ -> made.multus()),
                new NamedProof(
                        "proof/attachments/pods",
                        "every pod that runs has the further networks that it asked for",
                        _ -> made.pods())));
        if (attachments.stream().anyMatch(each -> each.ipam() instanceof Ipam.Whereabouts)) {
            proofs.add(new NamedProof(
                    "proof/attachments/addresses",
                    "each range has addresses left for pods to come",
                    _ -> made.addresses()));
        }
        return List.copyOf(proofs);
    }

    private List<Finding> multus() throws InterruptedException {
        List<String> names = nodes.stream().map(ProofNode::name).toList();
        List<Finding> findings = new ArrayList<>();
        Together.ask(names, LIMIT.plusSeconds(50), name -> Sections.parse(hosts.script(name, LOOK, LIMIT)))
                .forEach((name, asked) -> findings.add(multus(name, asked)));
        return findings;
    }

    private static Finding multus(String node, Asked<Sections> asked) {
        return asked.fold(seen -> judge(node, seen), Verdict::failed).at(node, asked.millis());
    }

    static Verdict judge(String node, Sections seen) {
        List<String> wrong = new ArrayList<>();
        String first = seen.get("first");
        if (!first.equals(AttachmentResources.CONFIGURATION)) {
            wrong.add("containerd on " + node + " leads pods by "
                    + (first.isEmpty() ? "no file of /etc/cni/net.d" : first) + " instead of "
                    + AttachmentResources.CONFIGURATION + ", so they come up without further networks");
        }
        if (seen.get("daemon").isEmpty()) {
            wrong.add("the daemon of Multus (DaemonSet kube-system/kube-multus-ds) does not run on " + node
                    + ", so no new pod comes up there: kubewright apply");
        } else if (seen.get("socket").isEmpty()) {
            wrong.add("the daemon of Multus on " + node + " does not listen at /run/multus/multus.sock");
        }
        return Verdict.of(wrong, first + " first, the daemon runs");
    }

    private List<Finding> pods() throws InterruptedException {
        List<KubeObject> asking = api.list("v1", "Pod").stream()
                .filter(pod -> asked(pod) > 0)
                .filter(pod -> pod.at("status", "phase").text("").equals("Running"))
                .toList();
        List<String> wrong = asking.stream()
                .filter(pod -> got(pod) < asked(pod))
                .map(AttachmentProofs::lacking)
                .toList();
        return List.of(Verdict.of(wrong, asking.size() + " pods asked for further networks and have them")
                .at(StepId.CLUSTER, 0));
    }

    private static String lacking(KubeObject pod) {
        String node = pod.at("spec", "nodeName").text("?");
        String name = pod.namespace().orElse("") + " " + pod.name();
        return "pod " + name.replace(' ', '/') + " on " + node + " has " + got(pod) + " of the " + asked(pod)
                + " further networks that it asks for; it was made while Multus was not asked: kubectl delete pod -n "
                + name + ", whose controller makes it anew";
    }

    /** How many further networks a pod asks for: a list in JSON, or names separated by commas. */
    static int asked(KubeObject pod) {
        String text = pod.at("metadata", "annotations", ASKING).text("").strip();
        if (text.startsWith("[")) {
            return entries(text).size();
        }
        return text.isEmpty() ? 0 : text.split(",").length;
    }

    private static int got(KubeObject pod) {
        return Math.max(
                0, entries(pod.at("metadata", "annotations", ANSWER).text("[]")).size() - 1);
    }

    private static List<Tree> entries(String json) {
        try {
            return Tree.of(MAPPER.readValue(json, Object.class)).items();
        } catch (JacksonException _) {
            return List.of();
        }
    }

    private List<Finding> addresses() throws InterruptedException {
        Set<String> alive = api.list("v1", "Pod").stream()
                .map(pod -> pod.namespace().orElse("") + "/" + pod.name())
                .collect(Collectors.toSet());
        List<KubeObject> pools = api.list("whereabouts.cni.cncf.io/v1alpha1", "IPPool");
        List<Finding> findings = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment.ipam() instanceof Ipam.Whereabouts whereabouts) {
                findings.add(judge(attachment, whereabouts, pools, alive)
                        .at(attachment.namespace() + "/" + attachment.name(), 0));
            }
        }
        return findings;
    }

    /** Ranges in one network share a pool, in which an address is its distance from the network's own. */
    static Verdict judge(
            Attachment attachment, Ipam.Whereabouts whereabouts, List<KubeObject> pools, Set<String> alive) {
        int used = 0;
        int dead = 0;
        for (KubeObject pool : pools) {
            if (!pool.at("spec", "range").text("").equals(whereabouts.network().toString())) {
                continue;
            }
            for (var allocation : pool.at("spec", "allocations").entries().entrySet()) {
                if (whereabouts.handsOut(whereabouts.network().network().plus(Long.parseLong(allocation.getKey())))) {
                    used++;
                    dead += alive.contains(allocation.getValue().at("podref").text("")) ? 0 : 1;
                }
            }
        }
        long free = size(whereabouts).longValueExact() - used;
        String words = used + " addresses of " + whereabouts.range() + " are taken, " + free + " are free"
                + (dead == 0 ? "" : "; " + dead + " are of pods that are gone, and come back within minutes");
        return free > 0
                ? Verdict.ok(words)
                : Verdict.failed(words + ": no further pod with " + attachment.namespace() + "/" + attachment.name()
                        + " comes up; widen the range ("
                        + attachment.pointer().child("ipam").words() + ")");
    }

    private static BigInteger size(Ipam.Whereabouts whereabouts) {
        BigInteger size = whereabouts.range().size();
        for (var excluded : whereabouts.exclude()) {
            BigInteger first = excluded.range()
                    .first()
                    .value()
                    .max(whereabouts.range().first().value());
            BigInteger last = excluded.range()
                    .last()
                    .value()
                    .min(whereabouts.range().last().value());
            size = size.subtract(last.subtract(first).add(BigInteger.ONE).max(BigInteger.ZERO));
        }
        return size;
    }
}
