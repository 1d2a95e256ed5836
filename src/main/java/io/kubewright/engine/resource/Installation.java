package io.kubewright.engine.resource;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Files and the service that reads them, as one resource: a change to any of the files restarts the service, also when
 * the run that wrote them was interrupted before it could.
 *
 * @param files text files and binaries, in the order they are written
 * @param service absent when no service reads the files
 * @param directories absolute; what the service and others put there is taken away with it, unless they were there before
 */
public record Installation(
        StepId id,
        Set<StepId> needs,
        List<HostFile> files,
        Optional<Service> service,
        List<String> directories,
        Optional<String> deviation)
        implements HostResource {

    @Override
    public String probe() {
        boolean binaries = files.stream().anyMatch(BinaryFile.class::isInstance);
        return (binaries ? BinaryFile.DIGEST_FUNCTION : "")
                + files.stream().map(HostFile::probe).collect(Collectors.joining())
                + service.map(unit ->
                                unit.probe(files.stream().map(HostFile::path).toList()))
                        .orElse("");
    }

    @Override
    public String desired(String observed) {
        return files.stream().map(HostFile::state).collect(Collectors.joining())
                + service.map(Service::state).orElse("");
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return directories.stream()
                        .map(directory -> "kw_claim " + Shell.quote(directory) + "\n")
                        .collect(Collectors.joining())
                + changed(observed).stream().map(HostFile::put).collect(Collectors.joining())
                + service.map(Service::apply).orElse("");
    }

    @Override
    public String undo() {
        return service.map(Service::undo).orElse("")
                + files.reversed().stream()
                        .map(file -> "kw_restore " + Shell.quote(file.path()) + "\n")
                        .collect(Collectors.joining())
                + directories.stream()
                        .map(directory -> "kw_restore " + Shell.quote(directory) + "\n")
                        .collect(Collectors.joining())
                + service.map(unit -> "systemctl daemon-reload\n").orElse("");
    }

    @Override
    public Set<Blob> blobs(String observed) {
        Set<Blob> blobs = new LinkedHashSet<>();
        for (HostFile file : changed(observed)) {
            switch (file) {
                case BinaryFile binary -> blobs.add(binary.blob());
                case TextFile text -> {}
            }
        }
        return blobs;
    }

    @Override
    public Map<String, Long> leaves(String observed) {
        Map<String, Long> leaves = new TreeMap<>();
        for (HostFile file : changed(observed)) {
            switch (file) {
                case BinaryFile binary ->
                    leaves.merge(
                            binary.path().substring(0, binary.path().lastIndexOf('/')),
                            binary.blob().size(),
                            Long::sum);
                case TextFile text -> {}
            }
        }
        return leaves;
    }

    private List<HostFile> changed(String observed) {
        // Lines of content are indented, so a state that begins a line is one of ours.
        return files.stream()
                .filter(file -> !("\n" + observed).contains("\n" + file.state()))
                .toList();
    }
}
