package io.kubewright.cli;

import io.kubewright.lab.Lab;
import io.kubewright.lab.LabException;
import io.kubewright.lab.LabHost;
import io.kubewright.lab.LabOverlay;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubewright lab up}: hosts first, then all that makes a proven cluster of them. */
@Command(name = "up", description = "Bring the lab's hosts up and make a proven cluster of them.")
final class LabUpCommand extends LabCommand.Word {
    @Option(
            names = "-f",
            paramLabel = "FILE",
            description = "Cluster file; default ./cluster.yaml, else the built-in lab.")
    @Nullable
    Path file;

    @Option(names = "--hosts-only", description = "Only the hosts: no cluster.")
    boolean hostsOnly;

    @Override
    int act() {
        LabOverlay overlay = Lab.ofThisMachine().up(hosts(), Map.of(), lines());
        err().printf(
                        "%d hosts are up; `kubewright lab ssh %s` enters one.%n",
                        overlay.hosts().size(), overlay.hosts().getFirst().name());
        return 0;
    }

    private List<LabHost> hosts() {
        String text = text();
        List<LabHost> hosts = new ArrayList<>();
        Object root = new Load(LoadSettings.builder().build()).loadFromString(text);
        if (root instanceof Map<?, ?> map && map.get("hosts") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> host) {
                    hosts.add(new LabHost(String.valueOf(host.get("name")), String.valueOf(host.get("address"))));
                }
            }
        }
        return hosts;
    }

    private String text() {
        Path chosen = Optional.ofNullable(file).orElse(Path.of("cluster.yaml"));
        try {
            if (file == null && !Files.exists(chosen)) {
                try (InputStream in = Objects.requireNonNull(Lab.class.getResourceAsStream("lab.yaml"))) {
                    return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                }
            }
            return Files.readString(chosen);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new LabException(
                    LabException.Code.UNFIT, chosen + " does not exist", "Name a cluster file with -f.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
