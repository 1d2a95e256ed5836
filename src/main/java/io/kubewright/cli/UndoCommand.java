package io.kubewright.cli;

import io.kubewright.engine.PathPattern;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.RunKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "undo",
        description =
                "Takes back the named steps in reverse order; without PATH every step applied on the file's hosts.",
        footer = "%nThe first original of a file is put back; a file changed since by others is refused with a diff.")
final class UndoCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            arity = "0..*",
            paramLabel = "PATH",
            converter = CommonOptions.PathPatternConverter.class,
            description = "Steps to take back; each with everything under it.")
    private List<PathPattern> paths = new ArrayList<>();

    @Mixin
    private UndoOptions undo = new UndoOptions();

    UndoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PathSelection common = context.options().selection();
        List<PathPattern> only = new ArrayList<>(common.only());
        only.addAll(paths);
        return undo.run(RunKind.UNDO, new PathSelection(only, common.skip()), context)
                .number();
    }
}
