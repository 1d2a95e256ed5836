package io.kubewright.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabStateTest {
    private static final LabHost N1 = new LabHost("n1", "10.77.0.11");
    private static final LabHost N2 = new LabHost("n2", "10.77.0.12");
    private static final LabHost N3 = new LabHost("n3", "10.77.0.13");

    @TempDir
    private Path temporary;

    private static LabState standing(LabHost... hosts) {
        return new LabState(
                        LabState.SCHEMA,
                        "id",
                        "boot",
                        LabState.Phase.STANDING,
                        Backend.NSPAWN,
                        "10.77.0",
                        List.of(),
                        List.of(),
                        "/cache")
                .plus(List.of(hosts))
                .allMade();
    }

    @Test
    void addsHostsThatAreNewInTheFile() {
        LabState state = standing(N1, N2);
        LabState more = state.plus(state.missing(List.of(N1, N2, N3)));

        assertThat(more.members())
                .containsExactly(
                        new LabState.Member("n1", "10.77.0.11", 1, true),
                        new LabState.Member("n2", "10.77.0.12", 2, true),
                        new LabState.Member("n3", "10.77.0.13", 3, false));
    }

    @Test
    void changesNothingForItsOwnHosts() {
        assertThat(standing(N1, N2).missing(List.of(N2))).isEmpty();
    }

    @Test
    void refusesAFileWithOtherHosts() {
        LabState state = standing(N1, N2);

        assertRefused(state, List.of(N3));
        assertRefused(state, List.of(N1, new LabHost("n2", "10.77.0.99")));
        assertRefused(state, List.of(N1, new LabHost("other", "10.77.0.12")));
        assertRefused(state, List.of(new LabHost("m1", "10.78.0.11")));
    }

    private static void assertRefused(LabState state, List<LabHost> hosts) {
        assertThatThrownBy(() -> state.missing(hosts))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.code()).isEqualTo(LabException.Code.REFUSED));
    }

    @Test
    void isReadAsItWasWritten() {
        StateDirectory directory = new StateDirectory(temporary.resolve("lab"));
        LabState state = standing(N1, N2).withCgroups(List.of("/sys/fs/cgroup/pids/kwlab-n1"));
        directory.create();
        directory.write(state);

        assertThat(directory.read()).contains(state);
    }

    @Test
    void aTornStateCountsAsNone() throws Exception {
        StateDirectory directory = new StateDirectory(temporary.resolve("lab"));
        directory.create();
        assertThat(directory.read()).isEmpty();

        Files.writeString(directory.state(), "{\"schema\":\"kubewright.io/lab-st");

        assertThat(directory.read()).isEmpty();
    }

    @Test
    void overlayIsReadAsItWasWrittenAndRefusedWithoutId() throws Exception {
        StateDirectory directory = new StateDirectory(temporary.resolve("lab"));
        LabOverlay overlay = new LabOverlay(
                "0123",
                List.of(N1, N2),
                "admin",
                directory.key(),
                directory.knownHosts(),
                List.of(new LabDeviation("cgroup-v1", "why")));
        directory.create();
        directory.writeJson(directory.overlay(), overlay);

        assertThat(directory.read(directory.overlay(), LabOverlay.class)).contains(overlay);
        assertThatThrownBy(() ->
                        new LabOverlay("", List.of(N1), "admin", directory.key(), directory.knownHosts(), List.of()))
                .hasMessageContaining("no id");
    }

    @Test
    void overlayCoversOnlyFilesOfItsHosts() {
        LabOverlay overlay =
                new LabOverlay("0123", List.of(N1, N2), "admin", Path.of("/key"), Path.of("/known"), List.of());

        assertThat(overlay.covers(List.of(N2, N1))).isTrue();
        assertThat(overlay.covers(List.of(N2))).isTrue();
        assertThat(overlay.covers(List.of(N1, N3))).isFalse();
        assertThat(overlay.covers(List.of(new LabHost("n1", "10.77.0.99")))).isFalse();
        assertThat(overlay.covers(List.of())).isFalse();
    }
}
