package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.spec.CanonicalJson;
import io.kubewright.spec.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The published schema and reference are what the code says; {@code -Dreference.write=true} writes them anew. */
class ReferenceTest {
    private static final Path REFERENCE = Path.of("docs/reference");

    private final JsonNode schema = ClusterFile.schema().json();
    private final JsonNode defaults = CanonicalJson.of(Compatibility.load().defaults());

    @Test
    void theSchemaIsPublished() throws IOException {
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        check("cluster.schema.json", mapper.writeValueAsString(schema) + "\n");
    }

    @Test
    void theReferenceHasEveryKeyAndEveryCode() throws IOException {
        StringBuilder page = new StringBuilder("""
                # The cluster file

                One YAML 1.2 file describes a cluster. Only `hosts` and `endpoint` are required. Keys that are not listed
                here are refused, as are keys that stand twice and `<<`; `off`, `no` and `yes` are texts, and versions are
                quoted. Paths are relative to the file, `~/` is your home directory. A section that is absent installs
                nothing where the table says so. The same as a JSON Schema, for editors: [cluster.schema.json](cluster.schema.json).

                This page is generated from the schema, the compatibility table and the codes in the program.

                ## Keys

                | key | type | default | meaning |
                |---|---|---|---|
                """);
        rows(schema, "", defaults, page);
        page.append("""

                ## Versions

                What each bundle source holds. A combination that the makers of a component do not name is refused (exit 3)
                unless the file names the component in `acceptUntested`; every report then repeats it.

                | component | upstream | source | Kubernetes named for it |
                |---|---|---|---|
                """);
        versions(page);
        page.append("""

                ## What can be wrong

                A message has the form `FILE:LINE:COLUMN: what is wrong [code]`, the line with a caret, and what to do. All
                problems are shown at once. With errors Kubewright exits with 64, with refusals alone with 3; warnings stop
                nothing. The words of the codes are stable.

                | code | kind | meaning |
                |---|---|---|
                """);
        for (Code code : Code.values()) {
            page.append("| `%s` | %s | %s |%n"
                    .formatted(code.word(), code.kind().name().toLowerCase(Locale.ROOT), code.meaning()));
        }
        check("file.md", page.toString());
    }

    private void rows(JsonNode rule, String prefix, JsonNode fallback, StringBuilder page) {
        rule.path("properties").propertyStream().forEach(property -> {
            JsonNode own = resolve(property.getValue());
            String path = prefix + property.getKey();
            JsonNode value = fallback.path(property.getKey());
            boolean required = rule.path("required")
                    .valueStream()
                    .anyMatch(name -> name.asString().equals(property.getKey()));
            boolean section = own.has("properties");
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            path,
                            type(own),
                            required ? "required" : section || value.isMissingNode() ? "" : "`" + yaml(value) + "`",
                            property.getValue().path("description").asString("")));
            assertThat(property.getValue().path("description").asString(""))
                    .as("description of %s", path)
                    .isNotBlank();
            rows(own, path + ".", value, page);
            rows(own.path("items"), path + "[].", value.path("none"), page);
            rows(own.path("then"), path + ".", value.path("none"), page);
        });
    }

    private JsonNode resolve(JsonNode rule) {
        return rule.has("$ref") ? schema.at(rule.path("$ref").asString().substring(1)) : rule;
    }

    private static String type(JsonNode rule) {
        StringJoiner types = new StringJoiner(" or ");
        Map<String, String> words = Map.of(
                "string", "text",
                "integer", "whole number",
                "boolean", "true or false",
                "array", "list",
                "object", "mapping");
        JsonNode choices = rule.path("enum").isMissingNode() ? rule.path("else").path("enum") : rule.path("enum");
        choices.valueStream().forEach(value -> types.add("`" + value.asString() + "`"));
        JsonNode type = rule.path("type");
        (type.isArray() ? type.valueStream().toList() : List.of(type))
                .stream()
                        .map(JsonNode::asString)
                        .filter(name -> choices.isMissingNode() || !name.equals("string"))
                        .forEach(name -> types.add(words.get(name)));
        return types.toString();
    }

    private static String yaml(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY ->
                "["
                        + String.join(
                                ", ",
                                value.valueStream().map(ReferenceTest::yaml).toList()) + "]";
            case OBJECT -> value.isEmpty() ? "{}" : value.toString();
            case STRING -> value.asString().isEmpty() ? "\"\"" : value.asString();
            default -> value.toString();
        };
    }

    private static void versions(StringBuilder page) {
        Compatibility table = Compatibility.load();
        for (String component : table.components()) {
            String upstream = versions(table, "upstream", component);
            String source = versions(table, "source", component);
            StringJoiner named = new StringJoiner("; ");
            for (Compatibility.Row row : table.rows(component)) {
                named.add(row.version() + ": " + row.range() + " (" + row.from() + ")");
            }
            page.append("| %s | %s | %s | %s |%n".formatted(component, upstream, source, named));
        }
    }

    private static String versions(Compatibility table, String source, String component) {
        Compatibility.Offer offer = table.offers(source).get(component);
        return offer == null ? "" : String.join(", ", offer.versions()) + " (" + offer.from() + ")";
    }

    private static void check(String name, String content) throws IOException {
        Path file = REFERENCE.resolve(name);
        if (Boolean.getBoolean("reference.write")) {
            Files.createDirectories(REFERENCE);
            Files.writeString(file, content);
        }
        assertThat(Files.readString(file))
                .as("%s is out of date: run this test with -Dreference.write=true", file)
                .isEqualTo(content);
    }
}
