package io.kubewright.ssh;

import io.kubewright.engine.Targets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The hosts of one run over SSH. Nothing is connected before it is needed. */
public final class SshHosts implements Targets {
    private final Map<String, SshHost> hosts = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Connections connections;
    private final SudoPassword password;

    /**
     * Takes OpenSSH's configuration and agent from this process' surroundings.
     *
     * @param passwords asked for sudo's password, at most once for all hosts, when the first of them wants it
     */
    public SshHosts(List<SshSettings> settings, PasswordSource passwords) {
        this(settings, passwords, Surroundings.ofThisProcess());
    }

    SshHosts(List<SshSettings> settings, PasswordSource passwords, Surroundings surroundings) {
        Clients.silence();
        connections = new Connections(surroundings);
        password = new SudoPassword(passwords);
        for (SshSettings each : settings) {
            if (hosts.put(each.name(), new SshHost(each, connections, password)) != null) {
                throw new IllegalArgumentException("two hosts are named " + each.name());
            }
        }
    }

    /** Takes in a further host; one of that name that is there already stays. */
    public void admit(SshSettings settings) {
        hosts.computeIfAbsent(settings.name(), _ -> new SshHost(settings, connections, password));
    }

    @Override
    public List<String> names() {
        synchronized (hosts) {
            return List.copyOf(hosts.keySet());
        }
    }

    @Override
    public SshHost get(String name) {
        @Nullable SshHost host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("no host is named " + name);
        }
        return host;
    }

    @Override
    public void close() {
        connections.close();
    }
}
