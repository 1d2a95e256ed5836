package io.kubewright.host;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Packages of the operating system, installed from files of the bundle; no archive is asked. */
record Packages(StepId id, List<HostPackage> packages) implements HostResource {
    /**
     * Seconds to wait for another package manager, such as unattended-upgrades on a host that has just booted; the
     * environment may say otherwise.
     */
    private static final int LOCK_SECONDS = Optional.ofNullable(System.getenv("KUBEWRIGHT_PACKAGE_LOCK_SECONDS"))
            .filter(text -> text.matches("\\d{1,5}"))
            .map(Integer::valueOf)
            .orElse(600);

    private static final String FUNCTIONS = ShellFunctions.of("packages.sh");

    @Override
    public Set<StepId> needs() {
        return Set.of();
    }

    @Override
    public String probe() {
        if (packages.isEmpty()) {
            return "";
        }
        return """
                { dpkg-query -W -f '${db:Status-Status} ${Package}\\n' %s 2>/dev/null || :; } |
                    sed -n 's/^installed /package /p' | sort -u
                """.formatted(
                        Shell.words(packages.stream().map(HostPackage::name).toList()));
    }

    @Override
    public String desired(String observed) {
        return packages.stream().map(Packages::line).sorted().distinct().collect(Collectors.joining());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        StringBuilder links = new StringBuilder();
        StringBuilder blobs = new StringBuilder();
        for (HostPackage each : missing(observed)) {
            String blob = "\"$KW_BLOBS/" + each.file().sha256() + "\"";
            links.append("ln %s \"$directory/\"%s\n"
                    .formatted(
                            blob, Shell.quote(each.name() + "_" + each.version().replace(':', '_') + ".deb")));
            blobs.append("rm -f ").append(blob).append('\n');
        }
        return FUNCTIONS
                + """
                mkdir -p "$KW_STATE"
                remember_times
                printf '%%s\\n' %s >>"$KW_STATE/packages.added"
                # apt takes no symbolic links for packages, and hard links need the file system of the blobs.
                directory=$(mktemp -d "$KW_STATE/packages.XXXXXX")
                trap 'rm -rf "$directory"' EXIT
                %sapt %d --no-install-recommends -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null \\
                    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \\
                    -o APT::Sandbox::User=root install "$directory"/*.deb
                remember_since
                %s""".formatted(
                                Shell.words(missing(observed).stream()
                                        .map(HostPackage::name)
                                        .toList()),
                                links,
                                LOCK_SECONDS,
                                blobs);
    }

    /** Those that we installed go, unless others have come to need them. */
    @Override
    public String undo() {
        return FUNCTIONS + """
                if [ -s "$KW_STATE/packages.added" ]; then
                    note_times
                    added=$(sort -u "$KW_STATE/packages.added" | while read -r name; do
                        case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) in
                        '' | not-installed | config-files) ;;
                        *) echo "$name" ;;
                        esac
                    done)
                    if [ -n "$added" ]; then
                        others=$(apt-get -s purge $added | sed -n 's/^\\(Purg\\|Remv\\) \\([^ ]*\\) .*/\\2/p' | while read -r name; do
                            case " $(echo $added) " in *" ${name%%%%:*} "*) ;; *) echo "$name" ;; esac
                        done)
                        if [ -n "$others" ]; then
                            echo "these packages need what would be removed: $(echo $others)" >&2
                            exit 1
                        fi
                        apt %d purge $added
                    fi
                    put_times_back
                    rm -f "$KW_STATE/packages.added"
                fi
                """.formatted(LOCK_SECONDS);
    }

    @Override
    public Set<Blob> blobs(String observed) {
        Set<Blob> blobs = new LinkedHashSet<>();
        missing(observed).forEach(each -> blobs.add(each.file()));
        return blobs;
    }

    private List<HostPackage> missing(String observed) {
        Set<String> present = observed.lines().collect(Collectors.toSet());
        return packages.stream()
                .filter(each -> !present.contains(line(each).strip()))
                .toList();
    }

    private static String line(HostPackage each) {
        return "package " + each.name() + "\n";
    }
}
