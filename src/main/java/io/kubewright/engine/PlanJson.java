package io.kubewright.engine;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Plans as JSON, schema {@value #SCHEMA}: written and read back without loss. */
public final class PlanJson {
    public static final String SCHEMA = "kubewright.io/plan/v1";

    private static final int ID_DIGITS = 16;
    private static final String MAKE_ANEW = "make the plan anew with: kubewright plan -o FILE";
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private PlanJson() {}

    /** One JSON document that ends with a line feed. */
    public static String write(Plan plan) {
        return MAPPER.writeValueAsString(tree(plan)) + "\n";
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param place where the text comes from, for messages
     * @throws PlanException when it is not a plan, of another schema, or edited
     */
    public static Plan read(String text, String place) {
        Plan plan;
        try {
            plan = plan(MAPPER.readTree(text), place);
        } catch (JacksonException | IllegalArgumentException | DateTimeParseException e) {
            throw new PlanException(
                    PlanException.Code.MALFORMED, place + ": not a saved plan: " + firstLine(e), MAKE_ANEW, e);
        }
        if (!contentId(plan).equals(plan.id())) {
            throw new PlanException(
                    PlanException.Code.EDITED,
                    place + ": the plan's content is not what its id " + plan.id()
                            + " says; it was edited or cut after it was made",
                    MAKE_ANEW,
                    null);
        }
        return plan;
    }

    static String contentId(Plan plan) {
        ObjectNode tree = tree(plan);
        tree.remove("id");
        return Digest.sha256(tree.toString()).substring(0, ID_DIGITS);
    }

    private static ObjectNode tree(Plan plan) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("schema", SCHEMA);
        root.put("id", plan.id());
        root.put("kind", plan.kind().word());
        root.put("tool", plan.tool());
        root.put("created", plan.created().toString());
        root.put("file", plan.file());
        root.put("spec", plan.spec());
        root.put("bundle", plan.bundle());
        ArrayNode notes = root.putArray("notes");
        plan.notes().forEach(notes::add);
        ObjectNode summary = root.putObject("summary");
        for (Map.Entry<Action, Integer> entry : plan.summary().entrySet()) {
            summary.put(entry.getKey().word(), entry.getValue().intValue());
        }
        ArrayNode steps = root.putArray("steps");
        plan.steps().forEach(step -> write(step, steps.addObject()));
        return root;
    }

    private static void write(Step step, ObjectNode node) {
        node.put("path", step.id().path());
        node.put("target", step.id().target());
        node.put("action", step.action().word());
        node.put("why", step.why());
        ArrayNode needs = node.putArray("needs");
        step.needs().forEach(need -> needs.add(need.toString()));
        node.put("diff", step.diff());
        step.observed().ifPresent(digest -> node.put("observed", digest));
        step.desired().ifPresent(digest -> node.put("desired", digest));
        step.deviation().ifPresent(text -> node.put("deviation", text));
        step.loses().ifPresent(text -> node.put("loses", text));
        step.deferred().ifPresent(text -> node.put("deferred", text));
        Consumer<Refusal> refusal =
                cause -> node.putObject("refusal").put("reason", cause.reason()).put("hint", cause.hint());
        step.refusal().ifPresent(refusal);
    }

    private static Plan plan(JsonNode root, String place) {
        String schema = text(root, "schema");
        if (!schema.equals(SCHEMA)) {
            throw new PlanException(
                    PlanException.Code.SCHEMA,
                    place + ": schema " + schema + ", this version of Kubewright reads " + SCHEMA,
                    MAKE_ANEW,
                    null);
        }
        List<String> notes = new ArrayList<>();
        array(root, "notes").forEach(note -> notes.add(note.asString()));
        List<Step> steps = new ArrayList<>();
        array(root, "steps").forEach(step -> steps.add(step(step)));
        return new Plan(
                text(root, "id"),
                RunKind.ofWord(text(root, "kind")),
                text(root, "tool"),
                Instant.parse(text(root, "created")),
                text(root, "file"),
                text(root, "spec"),
                text(root, "bundle"),
                notes,
                steps);
    }

    private static Step step(JsonNode node) {
        List<StepId> needs = new ArrayList<>();
        array(node, "needs").forEach(need -> needs.add(StepId.parse(need.asString())));
        Optional<Refusal> refusal = node.get("refusal") instanceof ObjectNode cause
                ? Optional.of(new Refusal(text(cause, "reason"), text(cause, "hint")))
                : Optional.empty();
        return new Step(
                new StepId(text(node, "path"), text(node, "target")),
                Action.ofWord(text(node, "action")),
                text(node, "why"),
                needs,
                text(node, "diff"),
                maybe(node, "observed"),
                maybe(node, "desired"),
                maybe(node, "deviation"),
                maybe(node, "loses"),
                refusal,
                maybe(node, "deferred"));
    }

    private static String text(JsonNode node, String name) {
        return maybe(node, name).orElseThrow(() -> new IllegalArgumentException("no text at " + name));
    }

    private static Optional<String> maybe(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    private static ArrayNode array(JsonNode node, String name) {
        if (node.get(name) instanceof ArrayNode array) {
            return array;
        }
        throw new IllegalArgumentException("no list at " + name);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }
}
