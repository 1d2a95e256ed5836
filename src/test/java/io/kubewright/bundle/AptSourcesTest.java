package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AptSourcesTest {
    @Test
    void debiansOwnStanzasAreCarriedToTheOtherSuite() {
        String text = """
                Types: deb deb-src
                # a remark
                URIs: http://debian.example/debian
                Suites: bookworm bookworm-updates bookworm-backports
                Components: main contrib
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                Types: deb
                URIs: http://vendor.example/apt
                Suites: nodistro
                Components: main
                """;
        assertThat(AptSources.stanzas(text, "bookworm", "trixie")).isEqualTo("""
                Types: deb
                URIs: http://debian.example/debian
                Suites: trixie trixie-updates
                Components: main
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                """);
    }

    @Test
    void aStanzaThatIsSwitchedOffOrOfAVendorIsLeftOut() {
        assertThat(AptSources.stanzas(
                        "Types: deb\nURIs: http://d.example/\nSuites: bookworm\nComponents: main\nEnabled: no\n",
                        "bookworm",
                        "trixie"))
                .isEmpty();
        assertThat(AptSources.stanzas(
                        "Types: deb\nURIs: http://v.example/\nSuites: bookworm\nComponents: stable\n",
                        "bookworm",
                        "trixie"))
                .isEmpty();
    }

    @Test
    void oneLineSourcesKeepTheirOptions() {
        String text = """
                # deb http://off.example/debian bookworm main
                deb [signed-by=/k.gpg arch=amd64] http://debian.example/debian bookworm main non-free-firmware
                deb http://debian.example/security bookworm-security main
                deb-src http://debian.example/debian bookworm main
                deb http://vendor.example/debian bookworm stable
                deb http://pg.example/apt bookworm-pgdg main
                """;
        assertThat(AptSources.lines(text, "bookworm", "trixie")).isEqualTo("""
                deb [signed-by=/k.gpg arch=amd64] http://debian.example/debian trixie main
                deb http://debian.example/security trixie-security main
                """);
    }
}
