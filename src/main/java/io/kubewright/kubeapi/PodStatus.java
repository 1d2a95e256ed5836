package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Says in one line how a pod is. */
final class PodStatus {
    private PodStatus() {}

    /** Such as {@code calico-node-x7 on n2: Pending; install-cni waits: ImagePullBackOff (…)}. */
    static String of(KubeObject pod) {
        List<String> parts = new ArrayList<>();
        parts.add(pod.at("status", "phase").text("Unknown")
                + pod.at("status", "reason")
                        .text()
                        .map(reason -> " (" + reason + ")")
                        .orElse(""));
        Tree scheduled = pod.condition("PodScheduled");
        if (scheduled.at("status").text("").equals("False")) {
            parts.add("not scheduled: " + scheduled.at("message").text(""));
        }
        Stream.concat(
                        pod.at("status", "initContainerStatuses").items().stream(),
                        pod.at("status", "containerStatuses").items().stream())
                .forEach(container -> describe(container, parts));
        String node =
                pod.at("spec", "nodeName").text().map(name -> " on " + name).orElse("");
        return pod.name() + node + ": " + String.join("; ", parts);
    }

    static boolean ready(KubeObject pod) {
        return pod.is("Ready") || pod.at("status", "phase").text("").equals("Succeeded");
    }

    private static void describe(Tree container, List<String> parts) {
        String name = container.at("name").text("");
        Tree waiting = container.at("state", "waiting");
        Tree terminated = container.at("state", "terminated");
        if (waiting.isPresent() && !waiting.at("reason").text("").equals("PodInitializing")) {
            parts.add(name + " waits: " + waiting.at("reason").text("")
                    + waiting.at("message")
                            .text()
                            .map(message -> " (" + message + ")")
                            .orElse("")
                    + lastEnd(container));
        } else if (terminated.isPresent() && terminated.at("exitCode").number().orElse(0) != 0) {
            parts.add(name + " ended: " + end(terminated));
        } else if (container.at("state", "running").isPresent()
                && !container.at("ready").isTrue()) {
            parts.add(name + " runs but is not ready" + lastEnd(container));
        }
    }

    private static String lastEnd(Tree container) {
        Tree last = container.at("lastState", "terminated");
        return last.isPresent() ? ", last ended: " + end(last) : "";
    }

    private static String end(Tree terminated) {
        return terminated.at("reason").text("") + " with exit code "
                + terminated.at("exitCode").text("unknown")
                + terminated
                        .at("message")
                        .text()
                        .map(message -> " (" + message.strip() + ")")
                        .orElse("");
    }
}
