package io.kubewright.cluster;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether hosts can be written to, and have room for what the steps to do bring. What is there already, as files that were
 * sent before or as images that were imported, needs no room any more, so a node that fills its disk itself is not refused.
 */
public final class Disks {
    private static final String RECORDS = "/var/lib/kubewright";

    /** For records, saved originals and the host's journal. */
    private static final long FOR_RECORDS = 8L << 20;

    private Disks() {}

    /**
     * Why hosts are refused; empty when all can take what comes.
     *
     * @param facts by host name
     * @param selected the steps that shall be done
     */
    public static List<Refusal> refusals(
            List<Resource> resources, Survey survey, Map<String, HostFacts> facts, Predicate<StepId> selected) {
        List<Refusal> refusals = new ArrayList<>();
        new TreeMap<>(facts).forEach((name, host) -> {
            if (host.places().isEmpty()) {
                return;
            }
            Load load = new Load(host, survey.blobs().getOrDefault(name, Set.of()));
            for (Resource resource : resources) {
                if (resource instanceof HostResource own
                        && own.id().target().equals(name)
                        && selected.test(own.id())
                        && survey.observations().get(own.id()) instanceof Observation.Known(var seen, var desired)
                        && !seen.equals(desired)) {
                    load.add(own, seen);
                }
            }
            load.check(refusals);
        });
        return refusals;
    }

    /** What comes to one host. */
    private static final class Load {
        private final HostFacts host;
        private final Set<String> there;
        private final Set<Blob> sent = new LinkedHashSet<>();
        private final Map<String, Long> left = new TreeMap<>();
        private boolean acts;

        Load(HostFacts host, Set<String> there) {
            this.host = host;
            this.there = there;
        }

        void add(HostResource resource, String observed) {
            acts = true;
            resource.blobs(observed).stream()
                    .filter(blob -> !there.contains(blob.sha256()))
                    .forEach(sent::add);
            resource.leaves(observed).forEach((directory, bytes) -> left.merge(directory, bytes, Long::sum));
        }

        void check(List<Refusal> refusals) {
            if (!acts) {
                return;
            }
            Set<String> shut = new TreeSet<>();
            Set<String> needed = new TreeSet<>(Set.of(RECORDS, "/etc"));
            needed.addAll(left.keySet());
            for (String directory : needed) {
                host.placeOf(directory)
                        .filter(place -> !place.writable())
                        .map(HostFacts.Place::directory)
                        .ifPresent(shut::add);
            }
            if (!shut.isEmpty()) {
                refusals.add(new Refusal(
                        host.name() + " has " + String.join(", ", shut)
                                + " on a file system that is mounted read-only, and what it needs is written there",
                        "see in its kernel log whether the disk failed; else mount it writable: mount -o remount,rw "
                                + shut.iterator().next()));
            }
            Map<String, Set<String>> directories = new TreeMap<>();
            for (String directory : needed) {
                host.placeOf(directory)
                        .ifPresent(place -> directories
                                .computeIfAbsent(place.fileSystem(), _ -> new TreeSet<>())
                                .add(place.directory()));
            }
            directories.forEach((fileSystem, held) -> room(fileSystem, held).ifPresent(refusals::add));
        }

        private Optional<Refusal> room(String fileSystem, Set<String> directories) {
            long free =
                    host.placeOf(directories.iterator().next()).orElseThrow().freeBytes();
            long stays = left.entrySet().stream()
                    .filter(each -> host.placeOf(each.getKey())
                            .map(HostFacts.Place::fileSystem)
                            .filter(fileSystem::equals)
                            .isPresent())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            long need = directories.contains(RECORDS) ? FOR_RECORDS + withFiles(stays) : stays;
            return need <= free
                    ? Optional.empty()
                    : Optional.of(new Refusal(
                            "%s has %d MiB free on the file system of %s, and %d MiB are needed there"
                                    .formatted(
                                            host.name(),
                                            free >> 20,
                                            directories.stream().collect(Collectors.joining(", ")),
                                            mebibytes(need)),
                            "make room there, or give the directory a larger disk of its own"));
        }

        /** Each file goes from the store when it is used: all at once before the first one, or the largest at the end. */
        private long withFiles(long stays) {
            long all = sent.stream().mapToLong(Blob::size).sum();
            long largest = sent.stream().mapToLong(Blob::size).max().orElse(0);
            return Math.max(all, stays + largest);
        }

        private static long mebibytes(long bytes) {
            return (bytes + (1 << 20) - 1) >> 20;
        }
    }
}
