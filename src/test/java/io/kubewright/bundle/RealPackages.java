package io.kubewright.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Debian packages that the bundle does not have, for hosts of the lab. */
public final class RealPackages {
    private RealPackages() {}

    /** It and all that it depends on, also what every host has. */
    public static List<Path> fetch(String name) throws InterruptedException {
        return new DebianArchive(Builder.defaultCache(System.getenv()), "trixie", Architecture.ofThisMachine())
                .fetch(List.of(name), Set.of()).stream()
                        .map(DebianArchive.Deb::file)
                        .toList();
    }
}
