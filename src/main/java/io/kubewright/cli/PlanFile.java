package io.kubewright.cli;

import io.kubewright.engine.Plan;
import io.kubewright.engine.PlanJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Plans in files. */
final class PlanFile {
    private PlanFile() {}

    /** Saves the plan where that was asked for. */
    static void save(Plan plan, Optional<Path> file, Context context) throws IOException {
        if (file.isPresent()) {
            Files.writeString(file.get(), PlanJson.write(plan));
            context.people().println("saved as " + file.get() + ": plan " + plan.id());
        }
    }

    static Plan read(Path file) throws IOException {
        // Bytes that are no text make it no plan, and shall be told so.
        return PlanJson.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
    }
}
