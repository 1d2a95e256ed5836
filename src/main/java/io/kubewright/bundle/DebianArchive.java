package io.kubewright.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Debian packages of another suite than this machine's, through apt with a configuration of its own: this machine's package
 * sources (places, keys, proxies) with the suite changed, and a state that says nothing is installed. apt checks the
 * signature of the index and the digest of every package.
 */
final class DebianArchive {
    /** A package and all that was needed with it. */
    record Deb(String name, String version, boolean wanted, Path file) {}

    /** A line such as {@code Inst kmod (34.2-2 Debian:13.2/stable [amd64])}; what follows it does not matter. */
    private static final Pattern INSTALL = Pattern.compile("^Inst ([^ :]+)\\S* \\((\\S+) .*?\\[(\\w+)]\\)");

    private final Path root;
    private final String suite;
    private final Architecture architecture;
    private boolean updated;

    DebianArchive(Path cache, String suite, Architecture architecture) {
        this.root = cache.resolve("apt").resolve(suite + "-" + architecture.label());
        this.suite = suite;
        this.architecture = architecture;
    }

    /** Fetches packages with what they depend on (not what they recommend), in the order in which apt would install. */
    List<Deb> fetch(List<String> names, Set<String> without) throws InterruptedException {
        update();
        List<String> base = new ArrayList<>(List.of("apt-get", "-y", "-qq", "--no-install-recommends"));
        List<String> ask = new ArrayList<>(base);
        ask.addAll(List.of("-s", "install"));
        ask.addAll(names);
        String plan = apt(ask).run("resolving " + String.join(", ", names) + " of " + suite);
        List<String> download = new ArrayList<>(base);
        download.addAll(List.of("--download-only", "install"));
        download.addAll(names);
        apt(download).run("fetching " + String.join(", ", names) + " of " + suite);
        return plan.lines()
                .filter(line -> line.startsWith("Inst "))
                .map(line -> parse(line, Set.copyOf(names)))
                .filter(deb -> !without.contains(deb.name()))
                .toList();
    }

    private Deb parse(String line, Set<String> wanted) {
        Matcher found = INSTALL.matcher(line);
        if (!found.find()) {
            throw new BundleException(
                    BundleException.Code.BUILD_FAILED,
                    "apt's plan has a line that is not understood: " + line,
                    "Please report it with the version of apt.");
        }
        String name = found.group(1);
        String version = found.group(2);
        String of = found.group(3);
        // apt writes the colon of an epoch as %3a in file names.
        Path file = archives().resolve(name + "_" + version.replace(":", "%3a") + "_" + of + ".deb");
        if (!Files.isRegularFile(file)) {
            throw new BundleException(
                    BundleException.Code.BUILD_FAILED,
                    "apt did not fetch " + file.getFileName() + " of " + suite,
                    "Run the build again; if it stays, look at this machine's apt sources.");
        }
        return new Deb(name, version, wanted.contains(name), file);
    }

    private Path archives() {
        return root.resolve("archives");
    }

    private Program apt(List<String> command) {
        Map<String, String> environment = Program.plainEnvironment();
        environment.put("APT_CONFIG", root.resolve("apt.conf").toString());
        environment.put("DEBIAN_FRONTEND", "noninteractive");
        return new Program(null, environment, command);
    }

    private void update() throws InterruptedException {
        if (updated) {
            return;
        }
        try {
            for (String directory : List.of("lists/partial", "archives/partial", "sources.list.d", "empty")) {
                Files.createDirectories(root.resolve(directory));
            }
            Files.writeString(root.resolve("status"), "");
            Files.writeString(root.resolve("apt.conf"), configuration());
            writeSources();
        } catch (IOException failed) {
            throw BundleException.storage("writing an apt configuration under " + root, failed);
        }
        apt(List.of("apt-get", "-qq", "update")).run("reading the package index of " + suite);
        updated = true;
    }

    private String configuration() throws InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Dir::Etc::sourcelist", root.resolve("sources.list").toString());
        settings.put("Dir::Etc::sourceparts", root.resolve("sources.list.d").toString());
        settings.put("Dir::Etc::parts", root.resolve("empty").toString());
        settings.put("Dir::Etc::preferences", root.resolve("empty/preferences").toString());
        settings.put("Dir::Etc::preferencesparts", root.resolve("empty").toString());
        settings.put("Dir::State", root.toString());
        settings.put("Dir::State::lists", root.resolve("lists").toString());
        settings.put("Dir::State::status", root.resolve("status").toString());
        settings.put("Dir::Cache", root.toString());
        settings.put("Dir::Cache::archives", archives().toString());
        settings.put("Dir::Log", root.resolve("empty").toString());
        settings.put("APT::Architecture", architecture.label());
        settings.put("APT::Sandbox::User", "root");
        settings.put("Acquire::Languages", "none");
        settings.put("Debug::NoLocking", "true");
        String own = settings.entrySet().stream()
                .map(each -> each.getKey() + " \"" + each.getValue() + "\";\n")
                .collect(Collectors.joining());
        // Proxies and time-outs of this machine; its other settings (what to keep, what to run) are its own affair.
        String machine = new Program(null, Program.plainEnvironment(), List.of("apt-config", "dump"))
                .run("reading apt's settings")
                .lines()
                .filter(line -> line.matches("Acquire::(http|https|ftp|Retries|ForceIPv).*"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        return "#clear APT::Architectures;\nAPT::Architectures { \"" + architecture.label() + "\"; };\n" + machine
                + own;
    }

    private void writeSources() throws IOException {
        Path etc = Path.of("/etc/apt");
        String here = codename();
        List<Path> files = new ArrayList<>();
        files.add(etc.resolve("sources.list"));
        if (Files.isDirectory(etc.resolve("sources.list.d"))) {
            try (Stream<Path> parts = Files.list(etc.resolve("sources.list.d"))) {
                parts.sorted(Comparator.naturalOrder()).forEach(files::add);
            }
        }
        StringBuilder lines = new StringBuilder();
        StringBuilder stanzas = new StringBuilder();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                continue;
            }
            if (file.toString().endsWith(".list")) {
                lines.append(AptSources.lines(Files.readString(file), here, suite));
            } else if (file.toString().endsWith(".sources")) {
                stanzas.append(AptSources.stanzas(Files.readString(file), here, suite));
            }
        }
        if (lines.isEmpty() && stanzas.isEmpty()) {
            throw new BundleException(
                    BundleException.Code.TOOL_MISSING,
                    "this machine's apt sources name no Debian archive, so packages of " + suite + " cannot be fetched",
                    "Build the bundle on a Debian machine and give its directory under `bundle:`.");
        }
        Files.writeString(root.resolve("sources.list"), lines);
        Files.writeString(root.resolve("sources.list.d/debian.sources"), stanzas);
    }

    private static String codename() throws IOException {
        return Arrays.stream(Files.readString(Path.of("/etc/os-release")).split("\n", -1))
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                .findFirst()
                .orElse("unknown");
    }
}
