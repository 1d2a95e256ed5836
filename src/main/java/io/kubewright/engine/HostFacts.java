package io.kubewright.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a host says of itself; gathered by {@code facts.sh} in one round trip before resources are made.
 *
 * @param hostname as the kernel has it
 * @param osId and {@code osVersion}: ID and VERSION_ID of os-release, such as {@code debian} and {@code 13}
 * @param architecture in Go's words: {@code amd64} or {@code arm64}
 * @param kernel release
 * @param cpus online
 * @param memoryBytes total
 * @param cgroupVersion 1 or 2
 * @param links network links that hold an address or are the host's own, in the kernel's order
 * @param defaultLink the link of the IPv4 default route
 * @param labId content of the file that marks a lab's host
 * @param machineId of systemd
 * @param timeService the systemd unit that is installed to keep the clock, such as {@code chrony.service}
 * @param firewall what is set up to filter packets: {@code firewalld}, {@code ufw}, {@code iptables} or {@code nftables}
 * @param packageManager what installs packages there, such as {@code dnf}; empty where nothing known could
 * @param places directories that things are put into
 * @param deviations what differs from production; never filled by the host itself
 */
public record HostFacts(
        String name,
        String hostname,
        String osId,
        String osVersion,
        String architecture,
        String kernel,
        int cpus,
        long memoryBytes,
        int cgroupVersion,
        List<Link> links,
        Optional<String> defaultLink,
        Optional<String> labId,
        String machineId,
        Optional<String> timeService,
        Optional<String> firewall,
        Optional<String> packageManager,
        List<Place> places,
        Map<String, Deviation> deviations) {

    /**
     * A network link.
     *
     * @param mtu bytes
     * @param addresses with prefix length, such as {@code 10.77.0.11/24}
     */
    public record Link(String name, int mtu, String mac, List<String> addresses) {}

    /**
     * A directory, or the nearest one above it while it is not there.
     *
     * @param fileSystem the same for all directories of one
     * @param freeBytes for users other than root, as the kubelet counts
     * @param writable whether root may write there: false on a file system that is mounted read-only
     */
    public record Place(String directory, String fileSystem, long freeBytes, boolean writable) {}

    public boolean has(String deviation) {
        return deviations.containsKey(deviation);
    }

    public HostFacts with(Map<String, Deviation> accepted) {
        return new HostFacts(
                name,
                hostname,
                osId,
                osVersion,
                architecture,
                kernel,
                cpus,
                memoryBytes,
                cgroupVersion,
                links,
                defaultLink,
                labId,
                machineId,
                timeService,
                firewall,
                packageManager,
                places,
                Map.copyOf(accepted));
    }

    /** The place that holds this absolute path; the deepest of those that are known. */
    public Optional<Place> placeOf(String path) {
        return places.stream()
                .filter(place -> (path + "/").startsWith(place.directory() + "/"))
                .max(Comparator.comparingInt(place -> place.directory().length()));
    }

    /** The link that holds this address. */
    public Optional<Link> linkOf(String address) {
        return links.stream()
                .filter(link -> link.addresses().stream().anyMatch(each -> each.startsWith(address + "/")))
                .findFirst();
    }
}
