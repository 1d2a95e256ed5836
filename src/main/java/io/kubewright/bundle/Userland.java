package io.kubewright.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The lower layers of images: either nothing but accounts and a place for temporary files, or Debian's programs and
 * libraries unpacked without running any of the packages' scripts.
 */
final class Userland {
    private static final List<String> LINKED = List.of("bin", "sbin", "lib", "lib64");
    /** What of a package is wanted: programs, libraries, their tables, and the copyright file the licences ask to keep. */
    private static final Pattern WANTED = Pattern.compile(
            "usr/(bin|sbin|lib|lib64)/.*|etc/(protocols|services|rpc|ethertypes|iproute2/.*)|usr/share/iproute2/.*"
                    + "|usr/share/doc/[^/]+/copyright");

    private static final Pattern UNWANTED = Pattern.compile(
            "usr/lib/(systemd|udev|modules-load\\.d|tmpfiles\\.d|sysusers\\.d|mime|bfd-plugins|[^/]+/gconv|[^/]+/audit|.*/perl)/.*");

    private Userland() {}

    /** Accounts, name service order, temporary directory; what a statically linked program may look for. */
    static FileTree accounts() {
        FileTree tree = new FileTree(null);
        putText(
                tree,
                "/etc/passwd",
                "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n");
        putText(tree, "/etc/group", "root:x:0:\nnogroup:x:65534:\n");
        putText(tree, "/etc/nsswitch.conf", "hosts: files dns\n");
        tree.put("/root", new FileTree.Directory(0700, 0));
        tree.put("/run", new FileTree.Directory(0755, 0));
        tree.put("/tmp", new FileTree.Directory(01777, 0));
        tree.put("/var", new FileTree.Directory(0755, 0));
        tree.put("/var/run", new FileTree.SymbolicLink("../run"));
        return tree;
    }

    private static void putText(FileTree tree, String path, String text) {
        tree.put(
                path,
                new FileTree.RegularFile(
                        0644, new FileTree.Bytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }

    /** {@link #accounts} with the wanted files of packages and links of our own. */
    static FileTree debian(List<Path> packages, Map<String, String> links, Path dpkgDeb) throws InterruptedException {
        FileTree tree = accounts();
        for (String name : LINKED) {
            tree.put("/usr/" + name, new FileTree.Directory(0755, 0));
            tree.put("/" + name, new FileTree.SymbolicLink("usr/" + name));
        }
        for (Path file : packages) {
            new Program(
                            null,
                            Program.plainEnvironment(),
                            List.of(dpkgDeb.toString(), "--fsys-tarfile", file.toString()))
                    .stream("unpacking " + file.getFileName(), output -> {
                        TarReader reader = new TarReader(output);
                        for (Optional<TarReader.Entry> entry = reader.next();
                                entry.isPresent();
                                entry = reader.next()) {
                            put(tree, entry.get());
                        }
                    });
        }
        links.forEach((path, target) -> tree.put(path, new FileTree.SymbolicLink(target)));
        return tree;
    }

    private static void put(FileTree tree, TarReader.Entry entry) {
        String path = LINKED.stream().anyMatch(name -> entry.path().startsWith(name + "/"))
                ? "usr/" + entry.path()
                : entry.path();
        if (!WANTED.matcher(path).matches() || UNWANTED.matcher(path).matches()) {
            return;
        }
        switch (entry.type()) {
            case '0' ->
                tree.put(path, new FileTree.RegularFile(entry.mode() & 0755, new FileTree.Bytes(entry.content())));
            case '1' -> tree.put(path, new FileTree.HardLink(hardLinkTarget(entry.link())));
            case '2' -> tree.put(path, new FileTree.SymbolicLink(entry.link()));
            // Directories come with what lies in them; devices are the runtime's business.
            default -> {}
        }
    }

    private static String hardLinkTarget(String link) {
        return link.startsWith("./") ? link.substring(2) : link;
    }
}
