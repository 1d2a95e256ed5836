package io.kubewright.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kubewright.engine.Journal;
import io.kubewright.engine.PlanJson;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every document for machines is valid under its published schema, docs/reference/schemas/NAME.json. */
class DocumentTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Path SCHEMAS = Path.of("docs/reference/schemas");

    private static final List<Journal.Entry> ENTRIES = List.of(
            entry(1, "run-a", "start", Optional.empty(), "1 steps"),
            entry(2, "run-a", "begin", Optional.of(StepId.parse("host/swap@n1")), ""),
            entry(3, "run-a", "done", Optional.of(StepId.parse("host/swap@n1")), ""),
            entry(4, "run-a", "end", Optional.empty(), "done"),
            entry(5, "run-b", "start", Optional.empty(), "1 steps"));

    private static Journal.Entry entry(long sequence, String run, String event, Optional<StepId> step, String detail) {
        return new Journal.Entry(
                sequence,
                Samples.WHEN.plusSeconds(sequence),
                "ada",
                run,
                "0123456789abcdef",
                event,
                step,
                detail,
                "p",
                "h");
    }

    @TestFactory
    Stream<DynamicTest> documentsAreValid() {
        return Stream.of(
                valid("plan", PlanJson.write(Samples.plan())),
                valid("plan", PlanJson.write(Samples.refused())),
                valid("verify", VerificationReport.json("verify", "proofs", Samples.verification())),
                valid("preflight", VerificationReport.json("preflight", "checks", Samples.preflight())),
                valid("drift", DriftReport.json(Samples.drift())),
                valid("explain", ExplanationReport.json(List.of(Samples.explanation()))),
                valid("journal", JournalReport.listJson(ENTRIES)),
                valid("run", JournalReport.showJson(ENTRIES)),
                valid("journal-check", JournalReport.checkJson(3, List.of("line 2 was changed"))),
                valid(
                        "error",
                        ErrorReport.json(
                                64,
                                "m",
                                "h",
                                List.of(new ErrorReport.Problem("c.yaml", 1, 2, "unknown-key", "m", "h")))));
    }

    @TestFactory
    Stream<DynamicTest> eventsAreValid() {
        return Samples.events().stream().map(event -> valid("event", RunEventJson.line(event, Samples.WHEN)));
    }

    @Test
    void theSchemaRejectsWhatIsNotADocument() throws IOException {
        assertThat(problems("verify", "{\"schema\":\"kubewright.io/verify/v1\",\"ok\":\"yes\",\"proofs\":[]}"))
                .isNotEmpty();
        assertThat(problems("plan", PlanJson.write(Samples.plan()).replace("\"change\"", "\"alter\"")))
                .isNotEmpty();
        assertThat(problems("event", "{\"schema\":\"kubewright.io/event/v1\",\"when\":\"x\",\"event\":\"other\"}"))
                .isNotEmpty();
    }

    @Test
    void journalForPeople() {
        Golden.check("journal.txt", JournalReport.list(ENTRIES));
        Golden.check("journal-run.txt", JournalReport.show(ENTRIES.subList(0, 4)));
        assertThat(JournalReport.list(List.of())).isEqualTo("no run yet\n");
    }

    private static DynamicTest valid(String schema, String document) {
        String name = schema + ": "
                + document.strip().substring(0, Math.min(90, document.strip().length()));
        return DynamicTest.dynamicTest(name.replaceAll("\\s+", " "), () -> {
            JsonNode tree = MAPPER.readTree(document);
            assertThat(tree.path("schema").asString()).isEqualTo("kubewright.io/" + schema + "/v1");
            assertThat(problems(schema, document)).isEmpty();
        });
    }

    private static List<String> problems(String name, String document) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(MAPPER.readTree(Files.readString(SCHEMAS.resolve(name + ".json"))));
        return schema.validate(MAPPER.readTree(document)).stream()
                .map(Object::toString)
                .toList();
    }
}
