package io.kubewright.network;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What differs between two versions of a manifest: one line for each place. */
final class Changes {
    private final List<String> lines = new ArrayList<>();

    private Changes() {}

    /** Lines such as {@code DaemonSet calico-node: spec.x: 1 -> 2}; the same objects in the same order are expected. */
    static List<String> between(List<KubeObject> before, List<KubeObject> after) {
        Changes changes = new Changes();
        for (int index = 0; index < before.size(); index++) {
            KubeObject object = before.get(index);
            changes.compare(
                    object.kind() + " " + object.name() + ": ",
                    object.at(),
                    after.get(index).at());
        }
        return List.copyOf(changes.lines);
    }

    private void compare(String place, Tree before, Tree after) {
        if (before.equals(after)) {
            return;
        }
        boolean maps = !before.entries().isEmpty() && !after.entries().isEmpty();
        if (maps) {
            Set<String> keys = new TreeSet<>(before.entries().keySet());
            keys.addAll(after.entries().keySet());
            keys.forEach(key -> compare(join(place, key), before.at(key), after.at(key)));
        } else if (named(before) && named(after)) {
            Set<String> names = new TreeSet<>(names(before));
            names.addAll(names(after));
            names.forEach(
                    name -> compare(place + "[" + name + "]", before.at("[" + name + "]"), after.at("[" + name + "]")));
        } else {
            lines.add(place + ": " + (before.isPresent() ? before : "nothing") + " -> "
                    + (after.isPresent() ? after : "nothing"));
        }
    }

    private static String join(String place, String key) {
        return place.endsWith(": ") ? place + key : place + "." + key;
    }

    private static boolean named(Tree list) {
        return !list.items().isEmpty()
                && list.items().stream().allMatch(item -> item.at("name").isPresent());
    }

    private static List<String> names(Tree list) {
        return list.items().stream().map(item -> item.at("name").text("")).toList();
    }
}
