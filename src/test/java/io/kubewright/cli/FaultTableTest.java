package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FaultTableTest {
    private static final Path FILE = Path.of("docs/reference/faults.md");

    @Test
    void thePageIsWhatTheTestsExpect() throws IOException {
        String page = FaultTable.page();
        if (System.getProperty("kubewright.golden", "").equals("write")) {
            Files.writeString(FILE, page);
        }
        assertThat(Files.readString(FILE))
                .as("%s; rewrite it with: mvn test -Dtest=FaultTableTest -Dkubewright.golden=write", FILE)
                .isEqualTo(page);
    }

    @ParameterizedTest
    @MethodSource("io.kubewright.cli.Fault#all")
    void aFaultIsCertainOrPossibleAndItsEvidenceIsOfCertainProofs(Fault fault) {
        String node = fault.example();
        Set<String> both = new TreeSet<>(fault.certain(node));
        both.retainAll(fault.possible(node));
        assertThat(both).isEmpty();
        assertThat(fault.certain(node))
                .isNotEmpty()
                .containsAll(fault.evidence(node).keySet());
        assertThat(fault.reason().isEmpty()).isEqualTo(fault.possible(node).isEmpty());
        assertThat(fault.evidence(node)).isNotEmpty();
    }
}
