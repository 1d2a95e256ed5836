package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether OpenSSH's files treat all hosts alike. In doubt they do not. */
class OpenSshFilesTest {
    @TempDir
    Path home;

    private boolean alike(String text) throws IOException {
        Path file = Files.writeString(home.resolve("config"), text);
        return OpenSshFiles.treatAllAlike(new Surroundings(home, Optional.of(file), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# Host bastion\n\n",
                "User admin\nPort 2222\n",
                "Include conf.d/*.conf\n\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n",
                "IdentityFile=~/.ssh/id_ed25519\n"
            })
    void plainOnesDo(String text) throws IOException {
        assertThat(alike(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host bastion\n  User admin\n",
                "Host * !bastion\n",
                "host=bastion\n",
                "Match exec true\n",
                "HostName %h.corp.local\n",
                "CanonicalizeHostname yes\n",
                "ProxyJump bastion\n",
                "IdentityFile ~/.ssh/%h\n",
                "IdentityFile ${HOME}/key\n",
                "Include ~/more\n",
                "Include */config\n"
            })
    void whatMayTellHostsApartDoesNot(String text) throws IOException {
        assertThat(alike(text)).isFalse();
    }

    @Test
    void whatIsIncludedCounts() throws IOException {
        Files.createDirectories(home.resolve(".ssh/conf.d"));
        Files.writeString(home.resolve(".ssh/conf.d/a.conf"), "Host bastion\n  Port 2222\n");
        assertThat(alike("Include conf.d/*.conf\n")).isFalse();
        assertThat(alike("Include conf.d/*.txt\n")).isTrue();
    }
}
