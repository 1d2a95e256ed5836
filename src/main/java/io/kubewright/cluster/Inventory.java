package io.kubewright.cluster;

import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.LeftObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.ObjectResource;
import io.kubewright.kubeapi.Tree;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the cluster itself remembers of its files: the hosts, with the way to them, and the kinds of objects that were made.
 * So what left the file is known on whichever machine the next plan is made. It lies in the ConfigMap {@code kubewright} of
 * kube-system and holds no secret and no path of anybody's machine.
 *
 * @param hosts settings by host name, one {@code key: value} a line
 * @param kinds of objects that were ever made; more than there are does no harm
 */
public record Inventory(Map<String, String> hosts, Set<LeftObject.Kind> kinds) {
    static final String PATH = "kube/inventory";
    static final ObjectRef PLACE = ObjectRef.of("v1", "ConfigMap", "kube-system", "kubewright");

    private static final String HOST = "host.";
    private static final String KINDS = "kinds";

    public Inventory {
        hosts = Map.copyOf(hosts);
        kinds = Set.copyOf(kinds);
    }

    /** What the cluster remembers; nothing where there is none, or none that answers. */
    public static Inventory read(ClusterApi api) throws InterruptedException {
        if (!(api.state() instanceof ApiState.Ready)) {
            return new Inventory(Map.of(), Set.of());
        }
        return api.client().get(PLACE).map(Inventory::of).orElseGet(() -> new Inventory(Map.of(), Set.of()));
    }

    static Inventory of(KubeObject object) {
        Map<String, String> hosts = new TreeMap<>();
        Set<LeftObject.Kind> kinds = new TreeSet<>();
        for (Map.Entry<String, Tree> entry : object.at("data").entries().entrySet()) {
            String text = entry.getValue().text("");
            if (entry.getKey().startsWith(HOST)) {
                hosts.put(entry.getKey().substring(HOST.length()), text);
            } else if (entry.getKey().equals(KINDS)) {
                text.lines().map(LeftObject.Kind::parse).forEach(kinds::add);
            }
        }
        return new Inventory(hosts, kinds);
    }

    /** The hosts that a file no longer has, reached as its other hosts are where the inventory is silent. */
    public List<Host> departed(Specification file) {
        Set<String> known = file.hosts().stream().map(Host::name).collect(Collectors.toSet());
        SshSettings defaults = file.hosts().getFirst().ssh();
        return new TreeMap<>(hosts)
                .entrySet().stream()
                        .filter(entry -> !known.contains(entry.getKey()))
                        .map(entry -> host(entry.getKey(), entry.getValue(), defaults))
                        .toList();
    }

    /** This and what a file asks for, as a step that comes before anything else is done in the cluster. */
    ObjectResource resource(ClusterApi api, Specification file, Collection<Resource> resources, Set<StepId> needs) {
        return ObjectResource.of(api, PATH, needs, object(file, resources));
    }

    KubeObject object(Specification file, Collection<Resource> resources) {
        Map<String, Object> data = new TreeMap<>();
        hosts.forEach((name, text) -> data.put(HOST + name, text));
        file.hosts().forEach(host -> data.put(HOST + host.name(), text(host)));
        Set<LeftObject.Kind> all = new TreeSet<>(kinds);
        all.add(kind(PLACE));
        objects(resources).values().forEach(ref -> all.add(kind(ref)));
        data.put(KINDS, all.stream().map(kind -> kind + "\n").collect(Collectors.joining()));
        return KubeObject.of(PLACE).with(data, "data");
    }

    /** The objects among resources. */
    static Map<StepId, ObjectRef> objects(Collection<Resource> resources) {
        Map<StepId, ObjectRef> objects = new LinkedHashMap<>();
        resources.stream()
                .filter(ObjectResource.class::isInstance)
                .map(ObjectResource.class::cast)
                .forEach(each -> objects.put(each.id(), each.object().ref()));
        return objects;
    }

    /** The entry of a host within the ConfigMap's data. */
    static String key(String host) {
        return HOST + host;
    }

    private static LeftObject.Kind kind(ObjectRef ref) {
        return new LeftObject.Kind(ref.apiVersion(), ref.kind());
    }

    private static String text(Host host) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("address", host.address());
        settings.put("nodeIp", host.nodeIp().toString());
        host.secondNodeIp().ifPresent(second -> settings.put("secondNodeIp", second.toString()));
        settings.put(
                "roles", host.roles().stream().map(Inventory::word).sorted().collect(Collectors.joining(" ")));
        host.ssh().user().ifPresent(user -> settings.put("user", user));
        settings.put("become", word(host.ssh().become()));
        host.ssh().port().ifPresent(port -> settings.put("port", port.toString()));
        host.ssh().jump().ifPresent(jump -> settings.put("jump", jump));
        return settings.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static Host host(String name, String text, SshSettings defaults) {
        Map<String, String> settings = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            settings.put(line.substring(0, colon), line.substring(colon + 2));
        });
        return new Host(
                name,
                settings.getOrDefault("address", name),
                IpAddress.parse(settings.getOrDefault("nodeIp", "")),
                Optional.ofNullable(settings.get("secondNodeIp")).map(IpAddress::parse),
                java.util.Arrays.stream(settings.getOrDefault("roles", "").split(" "))
                        .map(role -> constant(Role.class, role))
                        .collect(Collectors.toSet()),
                Map.of(),
                List.of(),
                new SshSettings(
                        Optional.ofNullable(settings.get("user")),
                        constant(Become.class, settings.getOrDefault("become", "sudo")),
                        defaults.identityFile(),
                        Optional.ofNullable(settings.get("port")).map(Integer::valueOf),
                        Optional.ofNullable(settings.get("jump")),
                        defaults.knownHosts()),
                Pointer.ROOT);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
