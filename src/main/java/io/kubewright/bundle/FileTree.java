package io.kubewright.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one image layer over the layers below it.
 *
 * <p>Paths are resolved through the symbolic links of this and lower layers before they are stored: a file put at
 * {@code /bin/x} over Debian, where {@code /bin} is a link, lands in {@code /usr/bin/x} and never hides the link.
 */
final class FileTree {
    /** What lies at a path. */
    sealed interface Node {}

    record Directory(int mode, int owner) implements Node {}

    record RegularFile(int mode, Content content) implements Node {}

    record SymbolicLink(String target) implements Node {}

    /** @param target path without a leading slash, in the same layer */
    record HardLink(String target) implements Node {}

    /** Bytes that can be read more than once. */
    sealed interface Content {
        long size() throws IOException;

        void writeTo(OutputStream out) throws IOException;
    }

    record Bytes(byte[] bytes) implements Content {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }

    record OnDisk(Path path) implements Content {
        @Override
        public long size() throws IOException {
            return Files.size(path);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            try (InputStream in = Files.newInputStream(path)) {
                in.transferTo(out);
            }
        }
    }

    /** A layer as the content of an archive. */
    record Layer(FileTree tree, long size) implements Content {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            tree.writeTo(out);
        }
    }

    private static final int LINKS_AT_MOST = 40;

    private final @Nullable FileTree below;
    private final NavigableMap<String, Node> nodes = new TreeMap<>();

    FileTree(@Nullable FileTree below) {
        this.below = below;
    }

    /** The nodes of this layer alone, by path without a leading slash, sorted. */
    NavigableMap<String, Node> nodes() {
        return nodes;
    }

    /** Puts a node at an absolute path, with the directories above it where there are none. */
    void put(String path, Node node) {
        String resolved = resolve(path);
        requireParents(resolved);
        nodes.put(resolved, node instanceof HardLink link ? new HardLink(resolve(link.target())) : node);
    }

    /** The node at a path as stored: of this layer, else of the layers below. */
    Optional<Node> find(String stored) {
        Node own = nodes.get(stored);
        if (own != null) {
            return Optional.of(own);
        }
        return below == null ? Optional.empty() : below.find(stored);
    }

    private void requireParents(String stored) {
        for (int slash = stored.indexOf('/'); slash > 0; slash = stored.indexOf('/', slash + 1)) {
            String parent = stored.substring(0, slash);
            Node there = find(parent).orElse(null);
            switch (there) {
                case null -> nodes.put(parent, new Directory(0755, 0));
                case Directory directory -> {}
                case RegularFile file -> throw blocked(stored, parent);
                case SymbolicLink link -> throw blocked(stored, parent);
                case HardLink link -> throw blocked(stored, parent);
            }
        }
    }

    private static IllegalStateException blocked(String stored, String parent) {
        return new IllegalStateException("cannot put " + stored + ": " + parent + " is not a directory");
    }

    /** Follows the links in all but the last segment; the result has no leading slash. */
    private String resolve(String path) {
        Deque<String> rest = segments(path);
        Deque<String> done = new ArrayDeque<>();
        int links = 0;
        while (!rest.isEmpty()) {
            String segment = rest.removeFirst();
            if (segment.equals("..")) {
                done.pollLast();
                continue;
            }
            done.addLast(segment);
            if (rest.isEmpty() || !(find(String.join("/", done)).orElse(null) instanceof SymbolicLink link)) {
                continue;
            }
            if (++links > LINKS_AT_MOST) {
                throw new IllegalStateException("links in a circle at " + path);
            }
            done.removeLast();
            if (link.target().startsWith("/")) {
                done.clear();
            }
            segments(link.target()).descendingIterator().forEachRemaining(rest::addFirst);
        }
        return String.join("/", done);
    }

    private static Deque<String> segments(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return segments;
    }

    /** Writes this layer as a tar whose bytes depend on nothing but the nodes. */
    void writeTo(OutputStream out) throws IOException {
        TarWriter tar = new TarWriter(out);
        // A hard link must follow the file it names.
        for (boolean hardLinks : new boolean[] {false, true}) {
            for (Map.Entry<String, Node> entry : nodes.entrySet()) {
                if (entry.getValue() instanceof HardLink == hardLinks) {
                    write(tar, entry.getKey(), entry.getValue());
                }
            }
        }
        tar.finish();
    }

    private static void write(TarWriter tar, String path, Node node) throws IOException {
        switch (node) {
            case Directory directory -> tar.directory(path, directory.mode(), directory.owner());
            case RegularFile file -> tar.file(path, file.mode(), file.content());
            case SymbolicLink link -> tar.symbolicLink(path, link.target());
            case HardLink link -> tar.hardLink(path, link.target());
        }
    }
}
