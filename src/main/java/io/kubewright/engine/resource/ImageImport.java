package io.kubewright.engine.resource;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Images of the bundle in a host's containerd, where the kubelet finds them (namespace {@code k8s.io}). */
public record ImageImport(StepId id, Set<StepId> needs, List<ImageArchive> images) implements HostResource {
    public ImageImport {
        images = images.stream()
                .sorted(Comparator.comparing(ImageArchive::reference))
                .toList();
    }

    @Override
    public String probe() {
        String wanted =
                images.stream().map(image -> Shell.quote(image.reference())).collect(Collectors.joining(" | "));
        if (wanted.isEmpty()) {
            return "";
        }
        return """
                if [ -S /run/containerd/containerd.sock ] && command -v ctr >/dev/null; then
                    { ctr --connect-timeout 5s -n k8s.io images ls 2>/dev/null || :; } |
                        while read -r reference _ digest _; do
                            case $reference in
                            %s) echo "image $reference $digest" ;;
                            esac
                        done | sort
                fi
                """.formatted(wanted);
    }

    @Override
    public String desired(String observed) {
        return images.stream().map(ImageImport::line).sorted().collect(Collectors.joining());
    }

    /**
     * Imported images are labelled as pinned: the kubelet's clean-up of unused images would throw away what cannot be
     * pulled again.
     */
    @Override
    public String apply(String observed, Outputs outputs) {
        return missing(observed).stream()
                .map(image -> """
                        kw_say %1$s
                        ctr -n k8s.io images import "$KW_BLOBS/%2$s" >/dev/null
                        ctr -n k8s.io images label %3$s io.cri-containerd.pinned=pinned >/dev/null
                        rm -f "$KW_BLOBS/%2$s"
                        """.formatted(
                                Shell.quote("importing " + image.reference()),
                                image.archive().sha256(),
                                Shell.quote(image.reference())))
                .collect(Collectors.joining());
    }

    @Override
    public String undo() {
        if (images.isEmpty()) {
            return "";
        }
        return """
                if [ -S /run/containerd/containerd.sock ]; then
                    ctr --connect-timeout 5s -n k8s.io images rm %s >/dev/null 2>&1 || :
                fi
                """.formatted(
                        Shell.words(images.stream().map(ImageArchive::reference).toList()));
    }

    @Override
    public Set<Blob> blobs(String observed) {
        Set<Blob> blobs = new LinkedHashSet<>();
        missing(observed).forEach(image -> blobs.add(image.archive()));
        return blobs;
    }

    /** Its content, as it is in the archive, and its layers unpacked beside it (containerd's store and its snapshots). */
    @Override
    public Map<String, Long> leaves(String observed) {
        return Map.of(
                "/var/lib/containerd",
                missing(observed).stream()
                        .mapToLong(image -> image.archive().size() + image.unpackedBytes())
                        .sum());
    }

    private List<ImageArchive> missing(String observed) {
        Set<String> present = observed.lines().collect(Collectors.toSet());
        return images.stream()
                .filter(image -> !present.contains(line(image).strip()))
                .toList();
    }

    private static String line(ImageArchive image) {
        return "image " + image.reference() + " " + image.digest() + "\n";
    }
}
