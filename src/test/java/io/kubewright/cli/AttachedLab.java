package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lab's file with a further network of pods on the hosts' own link. */
final class AttachedLab {
    private static final String SECTION = """

            network:
              attachments:
                - name: multicast
                  namespace: media
                  type: macvlan
                  mode: bridge
                  master: {network: 10.77.0.0/24}
                  ipam: {type: whereabouts, range: 10.77.0.130-10.77.0.190/24, exclude: [10.77.0.150/32]}
            """;

    private AttachedLab() {}

    /** Written there; the bundle that it asks for is built where it is not there. */
    static String file(Path directory) throws IOException, InterruptedException {
        RealBundle.withAttachments();
        String text = Files.readString(Path.of(RealCluster.FILE));
        assertThat(text).doesNotContain("network:\n");
        return Files.writeString(directory.resolve("attached.yaml"), text + SECTION)
                .toString();
    }
}
