package io.kubewright.cli;

import io.kubewright.engine.Plan;
import io.kubewright.engine.PlanJson;
import java.io.IOException;
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
        return PlanJson.read(Files.readString(file), file.toString());
    }
}
