package io.kubewright.network;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.BundleImage;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostFile;
import io.kubewright.engine.resource.ImageArchive;
import io.kubewright.engine.resource.ImageImport;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.TextFile;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.ObjectResource;
import io.kubewright.kubeapi.Readiness;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Further networks of pods: Multus, which asks for them; Whereabouts, where a range is to be handed out; the definitions; and
 * last of all containerd's configuration that leads every pod through Multus.
 */
public final class AttachmentResources {
    /** Where the steps of Multus are. */
    public static final String MULTUS = "network/multus";

    /** Where the steps of Whereabouts are. */
    public static final String WHEREABOUTS = "network/whereabouts";

    /** Where the definitions are. */
    public static final String ATTACHMENTS = "network/attachments";

    /** The file by which containerd leads every pod through Multus; the first by name counts. */
    static final String CONFIGURATION = "/etc/cni/net.d/00-multus.conf";

    private static final String PER_HOST = "/etc/cni/multus/net.d/";
    private static final Set<String> WORKLOADS = Set.of("DaemonSet", "Deployment");
    private static final Duration ROLLOUT = Duration.ofMinutes(5);

    private final ClusterApi api;
    private final Bundle bundle;
    private final AttachmentInput input;
    private final boolean whereabouts;
    private final List<Resource> resources = new ArrayList<>();

    private AttachmentResources(ClusterApi api, Bundle bundle, AttachmentInput input) {
        this.api = api;
        this.bundle = bundle;
        this.input = input;
        this.whereabouts = input.attachments().stream().anyMatch(each -> each.ipam() instanceof Ipam.Whereabouts);
    }

    /**
     * All resources, in an order in which they could be done; none when the file asks for no further network.
     *
     * @throws NetworkException when a host or the bundle's manifest cannot give what the file asks for
     * @throws io.kubewright.bundle.BundleException when the bundle lacks something
     */
    public static List<Resource> of(ClusterApi api, Bundle bundle, AttachmentInput input) {
        if (input.attachments().isEmpty()) {
            return List.of();
        }
        AttachmentResources made = new AttachmentResources(api, bundle, input);
        made.make();
        return List.copyOf(made.resources);
    }

    /** What of the kernel attachments need, as the host room's {@code modules.yaml} names it. */
    public static Set<String> kinds(List<Attachment> attachments) {
        Set<String> kinds = new TreeSet<>();
        for (Attachment attachment : attachments) {
            kinds.add(attachment.type().name().toLowerCase(Locale.ROOT));
            if (attachment.vlan().isPresent() && attachment.type() != Attachment.Type.BRIDGE) {
                kinds.add("vlan");
            }
        }
        return kinds;
    }

    /** The step after which every pod of a host goes through Multus. */
    public static StepId configured(String host) {
        return new StepId(MULTUS + "/configuration", host);
    }

    private void make() {
        Map<String, String> references = new LinkedHashMap<>();
        bundle.architectures()
                .forEach(architecture -> images().forEach(name ->
                        references.put(name, bundle.image(name, architecture).ref())));
        Set<StepId> before = new LinkedHashSet<>(input.ready());
        input.facts().forEach((host, facts) -> before.addAll(prepare(host, facts)));
        Set<StepId> running = new LinkedHashSet<>(
                objects(MULTUS, MultusManifest.changed(bundle.manifest("multus"), references, bundle.data()), before));
        if (whereabouts) {
            Set<StepId> defined = new LinkedHashSet<>(before);
            // It watches definitions of attachments.
            defined.addAll(definitions(running));
            running.addAll(objects(
                    WHEREABOUTS, WhereaboutsManifest.changed(bundle::manifest, references, bundle.data()), defined));
        }
        attachments(running);
    }

    private List<String> images() {
        return whereabouts ? List.of("multus", "whereabouts") : List.of("multus");
    }

    /** What Multus' pods need on a host before they come. */
    private Set<StepId> prepare(String host, HostFacts facts) {
        StepId runtime = Optional.ofNullable(input.runtimes().get(host)).orElseThrow();
        Architecture architecture = Architecture.of(facts.architecture());
        ImageImport imported = new ImageImport(
                new StepId(MULTUS + "/images", host),
                Set.of(runtime),
                images().stream()
                        .map(name -> archive(bundle.image(name, architecture)))
                        .toList());
        MultusPlaces places = new MultusPlaces(new StepId(MULTUS + "/places", host), Set.of(runtime));
        resources.add(imported);
        resources.add(places);
        return Set.of(imported.id(), places.id());
    }

    private static ImageArchive archive(BundleImage image) {
        return new ImageArchive(
                image.ref(), image.manifestDigest(), image.archive().blob());
    }

    /** The objects of a manifest: what runs comes last. Returns the steps after which it does. */
    private Set<StepId> objects(String path, List<KubeObject> manifest, Set<StepId> needs) {
        Set<StepId> before = new LinkedHashSet<>(needs);
        Set<StepId> running = new LinkedHashSet<>();
        for (KubeObject object : manifest) {
            if (!WORKLOADS.contains(object.kind())) {
                ObjectResource made = ObjectResource.of(api, path(path, object), needs, object);
                resources.add(made);
                before.add(made.id());
            }
        }
        for (KubeObject object : manifest) {
            if (WORKLOADS.contains(object.kind())) {
                ObjectResource made = ObjectResource.of(api, path(path, object), before, object)
                        .until(Readiness.rolledOut(ROLLOUT));
                resources.add(made);
                running.add(made.id());
            }
        }
        return running;
    }

    private static String path(String path, KubeObject object) {
        return path + "/" + object.kind().toLowerCase(Locale.ROOT) + "/" + object.name();
    }

    /** Of the steps that run something, those that definitions of attachments come with: Multus' custom resource definition. */
    private Set<StepId> definitions(Set<StepId> running) {
        Set<StepId> found = new LinkedHashSet<>();
        resources.stream()
                .map(Resource::id)
                .filter(id -> id.path().startsWith(MULTUS + "/customresourcedefinition/"))
                .forEach(found::add);
        return found.isEmpty() ? running : found;
    }

    private void attachments(Set<StepId> running) {
        Map<String, Map<String, String>> files = new TreeMap<>();
        Set<StepId> defined = new LinkedHashSet<>();
        Set<String> namespaces = new TreeSet<>();
        input.attachments().stream()
                .map(Attachment::namespace)
                .filter(name -> !name.equals("default"))
                .forEach(namespaces::add);
        namespaces.forEach(name -> resources.add(
                ObjectResource.of(api, namespace(name).path(), input.ready(), KubeObject.of(ObjectRef.namespace(name)))
                        .takenBackBy(ObjectResource.Removal.KEEP)));
        for (Attachment attachment : input.attachments()) {
            Map<String, HostFacts.Link> carriers = Carriers.of(attachment, input.hosts(), input.facts());
            Set<String> masters = new TreeSet<>();
            carriers.values().forEach(link -> masters.add(link.name()));
            Set<StepId> links = links(attachment, carriers);
            KubeObject object = masters.size() == 1
                    ? AttachmentDefinition.of(attachment, masters.iterator().next())
                    : AttachmentDefinition.perHost(attachment);
            if (masters.size() > 1) {
                carriers.forEach((host, link) -> files.computeIfAbsent(host, _ -> new TreeMap<>())
                        .put(
                                PER_HOST + attachment.name() + ".conflist",
                                CniText.of(AttachmentDefinition.configuration(attachment, link.name()))));
            }
            Set<StepId> needs = new LinkedHashSet<>(running);
            needs.addAll(links);
            if (!attachment.namespace().equals("default")) {
                needs.add(namespace(attachment.namespace()));
            }
            ObjectResource made = ObjectResource.of(
                    api, ATTACHMENTS + "/" + attachment.namespace() + "/" + attachment.name(), needs, object);
            resources.add(made);
            defined.add(made.id());
        }
        for (Host host : input.hosts()) {
            if (input.facts().containsKey(host.name())) {
                configuration(host.name(), files.getOrDefault(host.name(), Map.of()), running);
            }
        }
    }

    /** What hosts need for an attachment besides its master: a link of its VLAN, somebody who holds leases. */
    private Set<StepId> links(Attachment attachment, Map<String, HostFacts.Link> carriers) {
        Set<StepId> made = new LinkedHashSet<>();
        carriers.forEach((host, link) -> {
            Set<StepId> needs = Set.of(new StepId(MULTUS + "/places", host));
            if (attachment.vlan().isPresent() && attachment.type() != Attachment.Type.BRIDGE) {
                made.add(add(VlanLink.of(host, link.name(), attachment.vlan().get(), needs)));
            }
            if (attachment.ipam() instanceof Ipam.Dhcp) {
                made.add(add(DhcpDaemon.of(host, needs)));
            }
        });
        return made;
    }

    /** Several attachments may need the same thing. */
    private StepId add(Resource resource) {
        if (resources.stream().noneMatch(each -> each.id().equals(resource.id()))) {
            resources.add(resource);
        }
        return resource.id();
    }

    private static StepId namespace(String name) {
        return StepId.cluster(ATTACHMENTS + "/namespace/" + name);
    }

    /**
     * On a host that joins later the file is there first, so that no pod comes up there without what it asks for: it waits for
     * Multus. In a new cluster Multus runs first, so that nothing waits.
     */
    private void configuration(String host, Map<String, String> perHost, Set<StepId> running) {
        List<HostFile> files = new ArrayList<>();
        perHost.forEach((path, content) -> files.add(new TextFile(path, "0644", content)));
        files.add(new TextFile(CONFIGURATION, "0644", CniText.of(shim())));
        Set<StepId> needs = new LinkedHashSet<>(Set.of(new StepId(MULTUS + "/places", host)));
        if (!input.newcomers().contains(host)) {
            needs.addAll(running);
        }
        resources.add(new Installation(
                configured(host), needs, List.copyOf(files), Optional.empty(), List.of(), Optional.empty()));
    }

    /** What Multus' daemon itself would write, for containerd. */
    private static Map<String, Object> shim() {
        Map<String, Object> shim = new TreeMap<>();
        shim.put("cniVersion", MultusManifest.CNI_VERSION);
        shim.put("name", "multus-cni-network");
        shim.put("type", "multus-shim");
        shim.put("capabilities", Map.of("bandwidth", true, "portMappings", true));
        shim.put("clusterNetwork", MultusPlaces.CLUSTER_NETWORK);
        shim.put("logLevel", "error");
        shim.put("logToStderr", true);
        return shim;
    }
}
