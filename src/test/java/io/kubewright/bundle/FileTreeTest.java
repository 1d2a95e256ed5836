package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileTreeTest {
    private static FileTree.RegularFile file(String content) {
        return new FileTree.RegularFile(0755, new FileTree.Bytes(content.getBytes(UTF_8)));
    }

    private static FileTree debianLike() {
        FileTree tree = new FileTree(null);
        tree.put("/usr/bin", new FileTree.Directory(0755, 0));
        tree.put("/bin", new FileTree.SymbolicLink("usr/bin"));
        tree.put("/usr/bin/sh", file("shell"));
        tree.put("/run", new FileTree.Directory(0755, 0));
        tree.put("/var/run", new FileTree.SymbolicLink("/run"));
        return tree;
    }

    @Test
    void aFilePutUnderALinkOfALowerLayerLandsWhereTheLinkPoints() {
        FileTree above = new FileTree(debianLike());
        above.put("/bin/calico-node", file("program"));
        above.put("/var/run/x/y", file("absolute link"));
        assertThat(above.nodes()).containsOnlyKeys("usr/bin/calico-node", "run/x", "run/x/y");
    }

    @Test
    void directoriesOfLowerLayersAreNotWrittenAgain() {
        FileTree above = new FileTree(debianLike());
        above.put("/usr/bin/a", file("a"));
        above.put("/opt/cni/bin/b", file("b"));
        assertThat(above.nodes().keySet())
                .containsExactly("opt", "opt/cni", "opt/cni/bin", "opt/cni/bin/b", "usr/bin/a");
    }

    @Test
    void nothingCanBePutUnderAFile() {
        FileTree tree = debianLike();
        assertThatThrownBy(() -> tree.put("/usr/bin/sh/x", file("x")))
                .hasMessageContaining("usr/bin/sh is not a directory");
    }

    @Test
    void linksInACircleAreRefused() {
        FileTree tree = new FileTree(null);
        tree.put("/a", new FileTree.SymbolicLink("b"));
        tree.put("/b", new FileTree.SymbolicLink("a"));
        assertThatThrownBy(() -> tree.put("/a/x", file("x"))).hasMessageContaining("circle");
    }

    @Test
    void hardLinksComeAfterTheFilesTheyName() throws IOException {
        FileTree tree = new FileTree(null);
        tree.put("/a", new FileTree.HardLink("/z"));
        tree.put("/z", file("content"));
        assertThat(entries(tree)).extracting(TarReader.Entry::path).containsExactly("z", "a");
        assertThat(entries(tree).getLast().link()).isEqualTo("z");
    }

    @Test
    void theTarDependsOnContentsAloneNotOnTheOrderOfPutting() throws IOException {
        FileTree one = new FileTree(null);
        one.put("/x/1", file("1"));
        one.put("/x/2", file("2"));
        FileTree other = new FileTree(null);
        other.put("/x/2", file("2"));
        other.put("/x/1", file("1"));
        assertThat(bytes(one)).isEqualTo(bytes(other));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        String longName = "d/".repeat(80) + "name";
        FileTree tree = new FileTree(null);
        tree.put("/" + longName, file("far down"));
        tree.put("/link", new FileTree.SymbolicLink("/" + longName));
        tree.put("/tmp", new FileTree.Directory(01777, 999));
        List<TarReader.Entry> entries = entries(tree);
        assertThat(entries)
                .filteredOn(each -> each.path().equals(longName))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.content()).asString(UTF_8).isEqualTo("far down");
                    assertThat(each.mode()).isEqualTo(0755);
                });
        assertThat(entries)
                .filteredOn(each -> each.path().equals("link"))
                .singleElement()
                .satisfies(each -> assertThat(each.link()).isEqualTo("/" + longName));
        assertThat(entries)
                .filteredOn(each -> each.path().equals("tmp"))
                .singleElement()
                .satisfies(each -> assertThat(each.mode()).isEqualTo(01777));
    }

    private static byte[] bytes(FileTree tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tree.writeTo(out);
        return out.toByteArray();
    }

    private static List<TarReader.Entry> entries(FileTree tree) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(bytes(tree)));
        List<TarReader.Entry> entries = new ArrayList<>();
        for (Optional<TarReader.Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            entries.add(entry.get());
        }
        return entries;
    }
}
