package io.kubewright.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The compilers of this machine. The Go command found here only fetches the exact toolchain that the catalogue names, so
 * that every machine compiles with the same one; C code takes this machine's compiler, whose version goes into the lock.
 */
final class Toolchain {
    private static final List<String> GO_ELSEWHERE = List.of("/usr/local/go/bin/go", "/usr/lib/go/bin/go");
    /** From this release on the Go command fetches other toolchains (go.dev/doc/toolchain). */
    private static final int GO_MINOR_NEEDED = 21;

    private static final Pattern GO_VERSION = Pattern.compile("go1\\.(\\d+)");
    private static final Pattern DEBIAN_NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");
    /** Settings of the user's that say from where modules come; everything else is fixed. */
    private static final List<String> SOURCES =
            List.of("GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOAUTH", "GOVCS");

    private final Path cache;
    private final String version;
    private final Consumer<BuildEvent> listener;

    Toolchain(Path cache, String version, Consumer<BuildEvent> listener) {
        this.cache = cache;
        this.version = version;
        this.listener = listener;
    }

    String version() {
        return version;
    }

    Path go() throws InterruptedException {
        Path go = locateGo()
                .or(() -> install("golang-go").flatMap(done -> locateGo()))
                .orElseThrow(() -> missing("the Go command", "golang-go"));
        String reported = new Program(null, withLocalToolchain(), List.of(go.toString(), "env", "GOVERSION"))
                .run("asking Go for its version");
        Matcher found = GO_VERSION.matcher(reported);
        if (!found.find() || Integer.parseInt(found.group(1)) < GO_MINOR_NEEDED) {
            throw new BundleException(
                    BundleException.Code.TOOL_MISSING,
                    go + " is " + reported + "; only Go 1.21 and newer can fetch the pinned toolchain " + version,
                    "Install a newer Go anywhere on the PATH; any release from 1.21 on will do.");
        }
        return go;
    }

    private static Optional<Path> locateGo() {
        return Program.find("go")
                .or(() -> GO_ELSEWHERE.stream()
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst());
    }

    private Map<String, String> withLocalToolchain() {
        Map<String, String> environment = Program.plainEnvironment();
        environment.put("GOTOOLCHAIN", "local");
        return environment;
    }

    /** The whole environment of the Go command; nothing of the user's settings but the places modules come from. */
    Map<String, String> goEnvironment(Path go, Architecture architecture, boolean cgo) throws InterruptedException {
        List<String> ask = new ArrayList<>(List.of(go.toString(), "env"));
        ask.addAll(SOURCES);
        Map<String, String> asking = withLocalToolchain();
        SOURCES.forEach(name -> Optional.ofNullable(System.getenv(name)).ifPresent(value -> asking.put(name, value)));
        List<String> answers = List.of(
                new Program(null, asking, ask).run("reading Go's settings").split("\n", -1));
        Map<String, String> environment = new TreeMap<>(Program.plainEnvironment());
        for (int i = 0; i < SOURCES.size() && i < answers.size(); i++) {
            if (!answers.get(i).isEmpty()) {
                environment.put(SOURCES.get(i), answers.get(i));
            }
        }
        environment.put("GOENV", "off");
        environment.put("GOTOOLCHAIN", version);
        environment.put("GOFLAGS", "-mod=readonly -modcacherw");
        environment.put("GOWORK", "off");
        environment.put("GOOS", "linux");
        environment.put("GOARCH", architecture.label());
        environment.put("GOAMD64", "v1");
        environment.put("GOARM64", "v8.0");
        environment.put("CGO_ENABLED", cgo ? "1" : "0");
        environment.put("CC", compilerName(architecture));
        environment.put("CGO_CFLAGS", "-O2");
        environment.put("GOMODCACHE", cache.resolve("go/mod").toString());
        environment.put("GOCACHE", cache.resolve("go/build").toString());
        environment.put("GOPATH", cache.resolve("go").toString());
        return environment;
    }

    private static String compilerName(Architecture architecture) {
        return architecture == Architecture.ofThisMachine() ? "gcc" : architecture.triple() + "-gcc";
    }

    /** The C compiler with a static C library and these development packages. */
    Path compiler(Architecture architecture, List<String> debianPackages) {
        String name = compilerName(architecture);
        List<String> wanted = new ArrayList<>(debianPackages);
        boolean native_ = architecture == Architecture.ofThisMachine();
        if (Program.find(name).isEmpty()) {
            wanted.addFirst(native_ ? "gcc" : "gcc-" + architecture.triple().replace('_', '-'));
            wanted.add("libc6-dev" + (native_ ? "" : "-" + architecture.label() + "-cross"));
        }
        List<String> absent = wanted.stream().filter(each -> !installed(each)).toList();
        if (!absent.isEmpty() && install(absent.toArray(String[]::new)).isEmpty()) {
            throw missing("a C compiler (" + name + ") with " + String.join(", ", wanted), String.join(" ", absent));
        }
        return Program.find(name).orElseThrow(() -> missing(name, "gcc"));
    }

    String compilerVersion(Path compiler) throws InterruptedException {
        return new Program(null, Program.plainEnvironment(), List.of(compiler.toString(), "--version"))
                .run("asking the C compiler for its version")
                .lines()
                .findFirst()
                .orElse("");
    }

    Path require(String program, String debianPackage) {
        return Program.find(program)
                .or(() -> install(debianPackage).flatMap(done -> Program.find(program)))
                .orElseThrow(() -> missing(program, debianPackage));
    }

    private static boolean installed(String debianPackage) {
        if (!DEBIAN_NAME.matcher(debianPackage).matches()) {
            throw new IllegalArgumentException("not a Debian package name: " + debianPackage);
        }
        try {
            return Program.find("dpkg-query").isPresent()
                    && new Program(
                                    null,
                                    Program.plainEnvironment(),
                                    List.of("dpkg-query", "-W", "-f=${db:Status-Status}", debianPackage))
                            .run("asking for " + debianPackage)
                            .equals("installed");
        } catch (BundleException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Installs Debian packages on this machine where that is possible; empty where it is not. */
    private Optional<Boolean> install(String... debianPackages) {
        Optional<Path> apt = Program.find("apt-get");
        if (apt.isEmpty() || !System.getProperty("user.name", "").equals("root")) {
            return Optional.empty();
        }
        listener.accept(new BuildEvent.Notice(
                "tools", "installing " + String.join(" ", debianPackages) + " on this machine (apt-get)"));
        Map<String, String> environment = Program.plainEnvironment();
        environment.put("DEBIAN_FRONTEND", "noninteractive");
        String command = "apt-get -qq update && apt-get -y -qq install --no-install-recommends \"$@\"";
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", command, "sh"));
        line.addAll(List.of(debianPackages));
        try {
            new Program(null, environment, line).run("installing " + String.join(" ", debianPackages));
            return Optional.of(true);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static BundleException missing(String what, String debianPackages) {
        return new BundleException(
                BundleException.Code.TOOL_MISSING,
                what + " is needed to build from source and is not on this machine",
                "As root: apt-get install " + debianPackages + " (run as root, Kubewright does that itself).");
    }
}
