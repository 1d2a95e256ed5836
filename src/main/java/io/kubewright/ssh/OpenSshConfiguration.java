package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What OpenSSH would do for a host, as {@code ssh -G} prints it: only OpenSSH itself reads Include, Match and tokens
 * exactly as OpenSSH does.
 *
 * @param values lower-case keyword to its values, in order
 */
record OpenSshConfiguration(Map<String, List<String>> values) {
    private static final long SSH_TAKES_AT_MOST_MILLIS = 10_000;

    static OpenSshConfiguration read(
            Surroundings surroundings,
            String target,
            Hop hop,
            Optional<Path> identityFile,
            Optional<String> jump,
            Deadline deadline)
            throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("ssh", "-G"));
        surroundings.configuration().ifPresent(file -> command.addAll(List.of("-F", file.toString())));
        hop.user().ifPresent(user -> command.addAll(List.of("-l", user)));
        hop.port().ifPresent(port -> command.addAll(List.of("-p", port.toString())));
        identityFile.ifPresent(file -> command.addAll(List.of("-i", file.toString())));
        jump.ifPresent(hops -> command.addAll(List.of("-J", hops)));
        command.addAll(List.of("--", hop.host()));
        OpenSshConfiguration found = parse(output(target, command, deadline));
        found.first("proxycommand").filter(value -> !value.equals("none")).ifPresent(value -> {
            throw new TargetException(
                    target,
                    Code.UNREACHABLE,
                    "the OpenSSH configuration reaches " + hop.host() + " by ProxyCommand, which is not supported",
                    "use ProxyJump there, or set jump in the file");
        });
        return found;
    }

    /** The same for another host, where the files treat all alike. */
    OpenSshConfiguration of(Hop hop) {
        Map<String, List<String>> changed = new HashMap<>(values);
        changed.put("hostname", List.of(hop.host()));
        return new OpenSshConfiguration(changed);
    }

    static OpenSshConfiguration parse(String text) {
        Map<String, List<String>> values = new HashMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            if (space > 0) {
                values.computeIfAbsent(line.substring(0, space).toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                        .add(line.substring(space + 1).trim());
            }
        });
        return new OpenSshConfiguration(values);
    }

    Optional<String> first(String keyword) {
        return values.getOrDefault(keyword, List.of()).stream().findFirst();
    }

    /** All values of a keyword as paths; one line may hold several. */
    List<Path> paths(String keyword, Surroundings surroundings) {
        boolean several = keyword.endsWith("knownhostsfile");
        return values.getOrDefault(keyword, List.of()).stream()
                .flatMap(value -> several ? Arrays.stream(value.split(" ")) : Arrays.stream(new String[] {value}))
                .filter(value -> !value.isBlank() && !value.equals("none"))
                .map(surroundings::path)
                .toList();
    }

    private static String output(String target, List<String> command, Deadline deadline) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            throw new TargetException(
                    target,
                    Code.UNREACHABLE,
                    "the OpenSSH client, whose configuration is honoured, could not be started: "
                            + missing.getMessage(),
                    "install it (Debian: apt install openssh-client)",
                    missing);
        }
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(deadline.remainingMillis(SSH_TAKES_AT_MOST_MILLIS), TimeUnit.MILLISECONDS)
                    || process.exitValue() != 0) {
                throw new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "OpenSSH refuses its configuration: " + text.strip(),
                        "correct it; this command shows the same: " + String.join(" ", command));
            }
            return text;
        } catch (IOException broken) {
            throw new TargetException(
                    target,
                    Code.UNREACHABLE,
                    "reading ssh -G failed: " + broken.getMessage(),
                    "try it by hand",
                    broken);
        } finally {
            process.destroy();
        }
    }
}
