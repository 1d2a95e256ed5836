package io.kubewright.cli;

import io.kubewright.cluster.HostAddress;
import io.kubewright.cluster.Introduction;
import io.kubewright.cluster.Introduction.Outcome;
import io.kubewright.engine.TargetException;
import io.kubewright.ssh.SshHosts;
import io.kubewright.ssh.SshSettings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "init",
        description = "Writes a commented cluster file from what hosts report; changes nothing on them.",
        footer = "%nExit 0 when the file was written; 1 when a host could not be asked, and then there is no file;"
                + " 3 when a file of that name is there already.")
final class InitCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "HOST",
            arity = "1..*",
            description = "[USER@]HOST[:PORT], the first control plane first; ~/.ssh/config and the agent are used.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = {"-i", "--identity-file"},
            paramLabel = "KEY",
            description = "Private key to log in with.")
    private @Nullable Path identityFile;

    @Option(names = "--known-hosts", paramLabel = "FILE", description = "The only file of host keys that counts.")
    private @Nullable Path knownHosts;

    InitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Path file = context.options().file();
        if (Files.exists(file)) {
            throw exists(file);
        }
        Map<String, HostAddress> addresses = addresses();
        List<SshSettings> settings = addresses.entrySet().stream()
                .map(entry -> settings(entry.getKey(), entry.getValue()))
                .toList();
        Outcome outcome;
        try (SshHosts targets = new SshHosts(settings, Clusters.passwords())) {
            outcome = new Introduction(targets).propose(addresses);
        }
        switch (outcome) {
            case Outcome.Unreached unreached -> throw unreached(unreached.failures(), file);
            case Outcome.Proposal proposal -> write(file, proposal.text());
        }
        context.print(
                () -> file + " is written: read it through, then run: kubewright plan -f " + file + "\n",
                () -> new JsonMapper()
                                .writeValueAsString(Map.of("schema", "kubewright.io/init/v1", "file", file.toString()))
                        + "\n");
        return ExitCode.DONE.number();
    }

    private Map<String, HostAddress> addresses() {
        Map<String, HostAddress> addresses = new LinkedHashMap<>();
        for (String host : hosts) {
            try {
                if (addresses.put(host, HostAddress.parse(host)) != null) {
                    throw new IllegalArgumentException("'" + host + "' is named twice");
                }
            } catch (IllegalArgumentException e) {
                throw new CommandException(
                        ExitCode.USAGE, String.valueOf(e.getMessage()), "see kubewright init --help");
            }
        }
        return addresses;
    }

    private SshSettings settings(String name, HostAddress address) {
        boolean root = address.user().equals(Optional.of("root"));
        return new SshSettings(
                name,
                address.host(),
                address.port(),
                address.user(),
                root ? SshSettings.Become.NONE : SshSettings.Become.SUDO,
                Optional.ofNullable(identityFile),
                Optional.empty(),
                Optional.ofNullable(knownHosts),
                SshSettings.CONNECT_TIMEOUT);
    }

    private static void write(Path file, String text) throws IOException {
        try {
            Introduction.write(file, text);
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        }
    }

    private static CommandException exists(Path file) {
        return new CommandException(
                ExitCode.REFUSED,
                file + " is there already, and is left as it is",
                "name another with -f FILE, or move it away");
    }

    private static CommandException unreached(List<TargetException> failures, Path file) {
        String each = failures.stream().map(TargetException::getMessage).collect(Collectors.joining("\n"));
        return new CommandException(
                ExitCode.FAILED,
                each + "\n" + file + " was not written: half a cluster is no proposal",
                failures.getFirst().hint());
    }
}
