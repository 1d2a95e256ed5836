package io.kubewright.cli;

import io.kubewright.engine.RunKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "reset",
        description = "Takes back everything, the cluster included.",
        footer =
                "%nWith --host, that host alone: its pods move on, it leaves the cluster, and all is taken back there.")
final class ResetCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private UndoOptions undo = new UndoOptions();

    ResetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return undo.run(RunKind.RESET, context.options().selection(), context).number();
    }
}
