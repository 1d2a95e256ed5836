package io.kubewright.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A mounted cgroup hierarchy and where this program is in it.
 *
 * @param name the controllers of a v1 hierarchy, separated by commas, or {@code name=…}; empty for v2
 * @param mountPoint where it is mounted
 * @param own directory of this program's cgroup
 */
record CgroupHierarchy(String name, Path mountPoint, Path own) {
    boolean unified() {
        return name.isEmpty();
    }

    boolean holds(String controller) {
        return Arrays.asList(name.split(",")).contains(controller);
    }

    /**
     * Where the lab's cgroups go. On v1 below this program's own, which may be all it is allowed; on v2 at the top, since a
     * cgroup with processes of its own cannot hand controllers to its children.
     */
    Path base() {
        return unified() ? mountPoint : own;
    }

    /** Reads {@code /proc/self/cgroup} and {@code /proc/self/mountinfo}; a hierarchy that is not mounted is left out. */
    static List<CgroupHierarchy> parse(String cgroup, String mountInfo) {
        List<CgroupHierarchy> found = new ArrayList<>();
        for (String line : cgroup.strip().split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            String name = parts[1];
            String path = parts[2];
            for (String mount : mountInfo.strip().split("\n")) {
                String[] halves = mount.split(" - ", 2);
                String[] left = halves[0].split(" ");
                String[] right = halves.length < 2 ? new String[0] : halves[1].split(" ");
                if (left.length < 5 || right.length < 3 || !isMountOf(name, right)) {
                    continue;
                }
                Path mountPoint = Path.of(left[4].replace("\\040", " "));
                Path relative = Path.of("/").relativize(Path.of(below(left[3], path)));
                found.add(new CgroupHierarchy(name, mountPoint, mountPoint.resolve(relative)));
                break;
            }
        }
        return found;
    }

    private static boolean isMountOf(String name, String[] mount) {
        if (name.isEmpty()) {
            return mount[0].equals("cgroup2");
        }
        Set<String> options =
                Set.of(Arrays.stream(mount[2].split(",")).distinct().toArray(String[]::new));
        return mount[0].equals("cgroup") && options.containsAll(Arrays.asList(name.split(",")));
    }

    /** The path as seen through a mount of only a part of the hierarchy. */
    private static String below(String mountRoot, String path) {
        if (mountRoot.equals("/")) {
            return path;
        }
        return path.startsWith(mountRoot) && path.length() > mountRoot.length()
                ? path.substring(mountRoot.length())
                : "/";
    }
}
