package io.kubewright.host;

import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import java.util.List;
import java.util.Optional;

/**
 * A host that nothing can be installed on from here: its programs must be there already.
 *
 * @param system what the host calls its operating system
 */
record NoPackages(List<Program> programs, String system) implements PackageSource {
    private static final String LINE = "program ";

    @Override
    public String probe() {
        return """
                for program in %s; do
                    if command -v "$program" >/dev/null; then echo "program $program"; fi
                done
                """.formatted(Shell.words(
                programs.stream().map(Program::name).sorted().toList()));
    }

    @Override
    public List<String> wanted() {
        return programs.stream().map(each -> LINE + each.name()).sorted().toList();
    }

    @Override
    public String install(List<String> missing) {
        return "";
    }

    @Override
    public String undo() {
        return "";
    }

    @Override
    public Optional<Refusal> refusal(List<String> missing) {
        return Optional.of(String.join(
                        ", ",
                        missing.stream()
                                .map(line -> line.substring(LINE.length()))
                                .toList()))
                .filter(names -> !names.isEmpty())
                .map(
                        names -> new Refusal(
                                "the host lacks %s; the bundle has no packages for %s, and none of apt-get, dnf and zypper can"
                                                .formatted(names, system)
                                        + " install them there",
                                "install what carries them by the means of that system, or put it into its image, and plan again"));
    }
}
