package io.kubewright.kube;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Labels of the file on the nodes, set from the first control plane. The kubelet may not give itself labels of every
 * prefix, and labels can change after the join.
 */
record NodeLabels(Node node, Set<StepId> needs, List<Label> labels) implements HostResource {
    static final String PATH = "kube/nodes";

    private static final String LOOK = "get nodes -o go-template='{{range .items}}{{$node := .metadata.name}}"
            + "{{range $key, $value := .metadata.labels}}{{$node}} {{$key}}={{$value}}{{\"\\n\"}}{{end}}{{end}}'";

    /** A label of one node. */
    record Label(String node, String key, String value) {
        String line() {
            return "%s %s=%s\n".formatted(node, key, value);
        }
    }

    static List<Label> of(KubeInput input) {
        return input.hosts().stream()
                .flatMap(host -> new TreeMap<>(host.labels())
                        .entrySet().stream().map(label -> new Label(host.name(), label.getKey(), label.getValue())))
                .toList();
    }

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    @Override
    public String probe() {
        String wanted = labels.stream()
                .map(label -> Shell.quote(label.node() + " " + label.key() + "=") + "*")
                .collect(Collectors.joining(" | "));
        return NodeState.asksOwnApi(node, LOOK, """
                while read -r line; do
                    case $line in
                    %s) echo "$line" ;;
                    esac
                done <"$directory/answer" | sort
                """.formatted(wanted));
    }

    @Override
    public String desired(String observed) {
        return labels.stream().map(Label::line).sorted().collect(Collectors.joining());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        List<String> present = observed.lines().toList();
        return """
                directory=$(umask 077 && mktemp -d /run/kubewright-kubeadm.XXXXXX)
                trap 'rm -rf "$directory"' EXIT
                """
                + NodeState.ownAdmin(node)
                + labels.stream()
                        .filter(label -> !present.contains(label.line().strip()))
                        .map(label -> "kw_wait " + NodeState.API_PATIENCE
                                + " kubectl --kubeconfig \"$directory/admin.conf\" --request-timeout 20s label --overwrite node "
                                + Shell.words(label.node(), label.key() + "=" + label.value()) + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public String undo() {
        return "if [ -e /etc/kubernetes/admin.conf ]; then\n"
                + labels.stream()
                        .map(label ->
                                "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s label node "
                                        + Shell.words(label.node(), label.key() + "-") + " || :\n")
                        .collect(Collectors.joining())
                + "fi\n";
    }
}
