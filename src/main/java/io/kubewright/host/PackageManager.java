package io.kubewright.host;

import io.kubewright.engine.Shell;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What installs packages on a host. Its shell functions are those that {@code packages.sh} asks for. */
enum PackageManager {
    APT("apt-get", "apt", List.of("packages-apt.sh")),
    DNF("dnf", "dnf", List.of("packages-rpm.sh", "packages-dnf.sh")),
    ZYPPER("zypper", "zypper", List.of("packages-rpm.sh", "packages-zypper.sh"));

    /**
     * Seconds to wait for another package manager, such as unattended-upgrades on a host that has just booted; the
     * environment may say otherwise.
     */
    static final int LOCK_SECONDS = Optional.ofNullable(System.getenv("KUBEWRIGHT_PACKAGE_LOCK_SECONDS"))
            .filter(text -> text.matches("\\d{1,5}"))
            .map(Integer::valueOf)
            .orElse(600);

    private final String program;
    private final String column;
    private final String functions;

    PackageManager(String program, String column, List<String> files) {
        this.program = program;
        this.column = column;
        StringBuilder text = new StringBuilder(ShellFunctions.of("packages.sh"));
        files.forEach(file -> text.append(ShellFunctions.of(file)));
        this.functions = text.toString();
    }

    /** @param program as {@link io.kubewright.engine.HostFacts#packageManager} has it */
    static Optional<PackageManager> of(String program) {
        return Arrays.stream(values())
                .filter(each -> each.program.equals(program))
                .findFirst();
    }

    /** Of {@code programs.yaml}. */
    String column() {
        return column;
    }

    String functions() {
        return functions;
    }

    /** Read-only fragment that prints a line {@code package NAME} for each that is installed, or that something provides. */
    String probe(List<String> names) {
        return names.isEmpty()
                ? ""
                : switch (this) {
                    case APT -> """
                            { dpkg-query -W -f '${db:Status-Status} ${Package}\\n' %s 2>/dev/null || :; } |
                                sed -n 's/^installed /package /p' | sort -u
                            """.formatted(Shell.words(names));
                    case DNF, ZYPPER ->
                        """
                            rpm -qa >/dev/null
                            for name in %s; do
                                if rpm -q --whatprovides "$name" >/dev/null 2>&1; then echo "package $name"; fi
                            done
                            """.formatted(Shell.words(names.stream().sorted().toList()));
                };
    }

    /** What was brought goes, unless others have come to need it. */
    String undo() {
        return functions + "take_back " + LOCK_SECONDS + "\n";
    }
}
