package io.kubewright.cluster;

import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.ApiRoute;
import io.kubewright.kubeapi.ApiRoutes;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.ssh.PasswordSource;
import io.kubewright.ssh.SshHosts;
import io.kubewright.ssh.SshSettings;
import io.kubewright.ssh.Tunnel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** The ways to the hosts of a file: one SSH connection each, and the API through them. */
public final class Fleet implements AutoCloseable {
    private final Targets targets;
    private final ClusterApi api;
    private final Consumer<Host> newcomers;

    private Fleet(Targets targets, ClusterApi api, Consumer<Host> newcomers) {
        this.targets = targets;
        this.api = api;
        this.newcomers = newcomers;
    }

    /** Hosts that are reached in a way of their own, those that left the file too. */
    public static Fleet of(Targets targets, List<String> controlPlanes, ApiRoutes routes) {
        return new Fleet(targets, new ClusterApi(targets, controlPlanes, routes), _ -> {});
    }

    /** Nothing is connected before it is used. */
    public static Fleet of(Specification specification, PasswordSource passwords) {
        SshHosts targets =
                new SshHosts(specification.hosts().stream().map(Fleet::settings).toList(), passwords);
        ApiRoutes routes = (controlPlane, port, deadline) ->
                route(targets.get(controlPlane).tunnel("127.0.0.1", port, deadline));
        List<String> controlPlanes =
                specification.controlPlanes().stream().map(Host::name).toList();
        return new Fleet(
                targets, new ClusterApi(targets, controlPlanes, routes), host -> targets.admit(settings(host)));
    }

    /** Takes in a host that the file does not have; one of that name that is there already stays. */
    public void admit(Host host) {
        newcomers.accept(host);
    }

    private static SshSettings settings(Host host) {
        return new SshSettings(
                host.name(),
                host.address(),
                host.ssh().port(),
                host.ssh().user(),
                host.ssh().become() == Become.SUDO ? SshSettings.Become.SUDO : SshSettings.Become.NONE,
                host.ssh().identityFile(),
                host.ssh().jump(),
                host.ssh().knownHosts(),
                SshSettings.CONNECT_TIMEOUT);
    }

    private static ApiRoute route(Tunnel tunnel) {
        return new ApiRoute() {
            @Override
            public InetSocketAddress entrance() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), tunnel.localPort());
            }

            @Override
            public void close() {
                tunnel.close();
            }
        };
    }

    public Targets targets() {
        return targets;
    }

    public ClusterApi api() {
        return api;
    }

    @Override
    public void close() {
        api.close();
        targets.close();
    }
}
