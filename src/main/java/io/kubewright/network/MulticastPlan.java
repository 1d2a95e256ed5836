package io.kubewright.network;

import io.kubewright.kubeapi.proof.ProbeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which groups the proof pods of an attachment join and send to. Each pod has a group of its own, so that what goes from one
 * node to another is unlike all else; all are in one more; one is joined late and left early; one has no member.
 *
 * @param token the words' beginning, of this run alone
 * @param nodes that take part
 */
record MulticastPlan(String token, List<String> nodes) {
    /** Organization-local scope (RFC 2365), by chance not used by anybody else on the wire. */
    private static final String BLOCK = "239.255.77.";

    static final String EVERYBODY = BLOCK + "250";
    static final String LATE = BLOCK + "251";
    static final String NOBODY = BLOCK + "252";

    /** The pod network, on which nothing of this arrives. */
    static final String POD_NETWORK = "eth0";

    static final int COUNT = 12;
    private static final int INTERVAL_MILLIS = 400;
    private static final int LEAD_MILLIS = 4000;
    private static final int TAIL_MILLIS = 3000;
    private static final int PORT = 7071;
    /** Above one, so that a router may forward it; macvlan does not care. */
    private static final int TTL = 8;

    /** How many seconds a pod is busy. */
    static final int SECONDS = (LEAD_MILLIS + COUNT * INTERVAL_MILLIS + TAIL_MILLIS) / 1000 + 1;

    MulticastPlan {
        nodes = List.copyOf(nodes);
        if (nodes.size() > 249) {
            nodes = nodes.subList(0, 249);
        }
    }

    String group(String node) {
        return BLOCK + (nodes.indexOf(node) + 1);
    }

    /** What the pod on one node sends to a group, without what the probe puts behind it. */
    String words(String node) {
        return token + " " + node;
    }

    /** What arrives, as the probe reports it. */
    String arriving(String from, String group) {
        return words(from) + " to " + group;
    }

    /** The probe's arguments for the pod on one node. */
    String arguments(String node, String link) {
        Map<String, String> send = new TreeMap<>();
        nodes.stream().filter(each -> !each.equals(node)).forEach(each -> send.put(group(each), words(node)));
        send.put(EVERYBODY, words(node));
        send.put(LATE, words(node));
        send.put(NOBODY, words(node));
        List<Map<String, Object>> channels = new ArrayList<>();
        channels.add(Map.of(
                "interface",
                link,
                "port",
                PORT,
                "join",
                List.of(group(node), EVERYBODY),
                "send",
                send,
                "late",
                LATE,
                "ttl",
                TTL));
        channels.add(Map.of(
                "interface",
                POD_NETWORK,
                "port",
                PORT + 1,
                "join",
                List.of(EVERYBODY),
                "send",
                Map.of(EVERYBODY, words(node)),
                "ttl",
                TTL));
        return "multicast --deadline " + (SECONDS + 20) + "s --base64 "
                + ProbeText.base64(Map.of(
                        "channels",
                        channels,
                        "leadMillis",
                        LEAD_MILLIS,
                        "count",
                        COUNT,
                        "intervalMillis",
                        INTERVAL_MILLIS,
                        "tailMillis",
                        TAIL_MILLIS));
    }
}
