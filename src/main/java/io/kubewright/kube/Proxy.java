package io.kubewright.kube;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The proxies in the environment of containerd and the kubelet. Each is started again only when it runs with others.
 *
 * @param variables by name
 */
record Proxy(StepId id, Set<StepId> needs, Map<String, String> variables) implements HostResource {
    static final String PATH = "kube/proxy";

    /** In the order in which they are started again. */
    private static final List<String> SERVICES = List.of("containerd.service", "kubelet.service");

    private static final String FUNCTIONS = Templates.text("proxy.sh");

    private TextFile file(String service) {
        return new TextFile(
                "/etc/systemd/system/" + service + ".d/kubewright-proxy.conf",
                "0644",
                "# Managed by kubewright (kube/proxy).\n[Service]\n"
                        // systemd.unit(5): % begins a specifier.
                        + variables.entrySet().stream()
                                .map(each -> "Environment=\"%s=%s\"\n"
                                        .formatted(
                                                each.getKey(), each.getValue().replace("%", "%%")))
                                .collect(Collectors.joining()));
    }

    private String arguments(String service) {
        return Shell.quote(service) + " "
                + Shell.words(variables.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .sorted()
                        .toList());
    }

    @Override
    public String probe() {
        return FUNCTIONS
                + SERVICES.stream()
                        .map(service -> file(service).probe() + "look " + arguments(service) + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public String desired(String observed) {
        return SERVICES.stream().map(service -> file(service).state()).collect(Collectors.joining());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return FUNCTIONS
                + SERVICES.stream().map(service -> file(service).put()).collect(Collectors.joining())
                + "systemctl daemon-reload\n"
                + SERVICES.stream()
                        .map(service -> "renew " + arguments(service) + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public String undo() {
        return FUNCTIONS
                + SERVICES.reversed().stream()
                        .map(service ->
                                "kw_restore " + Shell.quote(file(service).path()) + "\n")
                        .collect(Collectors.joining())
                + "systemctl daemon-reload\n"
                + SERVICES.stream()
                        .map(service -> "renew " + Shell.quote(service) + "\n")
                        .collect(Collectors.joining());
    }
}
