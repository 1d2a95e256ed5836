package io.kubewright;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a small checkout of its own: a real JDK, a Maven that only copies ready classes. */
class LauncherTest {
    /** Where a class file has the lower byte of its version. */
    private static final int MAJOR_VERSION = 7;

    private static final Path HERE = Path.of("").toAbsolutePath();

    @TempDir
    private static Path classes;

    @TempDir
    private Path scratch;

    private final Map<Process, Path> errors = new HashMap<>();
    private Path root;
    private Path bin;

    private record Call(int exit, String out, String err) {}

    @BeforeAll
    static void compileProgram() throws IOException {
        Path source = Files.writeString(classes.resolve("Main.java"), """
                package io.kubewright.cli;
                public class Main {
                    public static void main(String[] arguments) {
                        System.out.print(String.join("|", arguments));
                        System.exit("explain".equals(arguments.length == 0 ? "" : arguments[0]) ? 0 : arguments.length);
                    }
                }
                """);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "8",
                        "-Xlint:-options",
                        "-d",
                        classes.resolve("out").toString(),
                        source.toString());
        assertThat(exit).isZero();
    }

    @BeforeEach
    void makeCheckout() throws IOException {
        root = Files.createDirectories(scratch.resolve("a checkout"));
        bin = Files.createDirectories(scratch.resolve("bin"));
        Files.createDirectories(root.resolve("src/main"));
        Files.createDirectories(root.resolve("src/launcher"));
        Files.copy(HERE.resolve("kubewright"), root.resolve("kubewright"));
        for (String file : List.of("src/launcher/find-jdk.sh", "src/launcher/PrepareLibrary.java")) {
            Files.copy(HERE.resolve(file), root.resolve(file));
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.writeString(root.resolve("src/main/A.java"), "class A {}");
        maven("mkdir -p target/classes; cp -r '" + classes.resolve("out") + "/.' target/classes; : >target/classpath");
    }

    @Test
    void passesArgumentsAndExitCodeThrough() throws Exception {
        Call call = run("plan", "a b", "$HOME", "");
        assertThat(call.out()).isEqualTo("plan|a b|$HOME|");
        assertThat(call.exit()).isEqualTo(4);
    }

    @Test
    void compilesOnlyWhenSourcesAreNewer() throws Exception {
        assertThat(run().err()).contains("compiling");
        assertThat(run().err()).doesNotContain("compiling");
        Files.setLastModifiedTime(
                root.resolve("src/main/A.java"), FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(run().err()).contains("compiling");
        assertThat(compilations()).isEqualTo(2);
    }

    @Test
    void startsFromItsCacheOnceThatIsMade() throws Exception {
        run();
        Path cache = root.resolve("target/kubewright.aot");
        Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> Files.exists(cache));
        assertThat(cache).isNotEmptyFile();
        assertThat(run("one")).isEqualTo(new Call(1, "one", ""));
        // There is no training here, so that the other one cannot be made: said by an empty file, and no harm.
        Path other = root.resolve("target/kubewright-hosts.aot");
        Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> Files.exists(other));
        assertThat(other).isEmptyFile();
        assertThat(run("plan")).isEqualTo(new Call(1, "plan", ""));
    }

    /** As picocli is: compiled for Java 5, which no cache takes. */
    @Test
    void aLibraryOfOldClassesIsRaisedForTheCache() throws Exception {
        byte[] old = Files.readAllBytes(classes.resolve("out/io/kubewright/cli/Main.class"));
        old[MAJOR_VERSION] = 49;
        Path library = scratch.resolve("picocli-1.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(library))) {
            jar.putNextEntry(new JarEntry("io/kubewright/cli/Main.class"));
            jar.write(old);
        }
        Path raised = root.resolve("target/picocli-1.jar");
        maven("mkdir -p target/classes; printf '%s:%s\\n' /nothing.jar '" + library + "' >target/classpath;"
                + " cp -r '" + classes.resolve("out") + "/.' target/classes");
        assertThat(run("one").exit()).isEqualTo(1);
        assertThat(root.resolve("target/kubewright.classpath")).hasContent("/nothing.jar:" + raised);
        try (JarFile jar = new JarFile(raised.toFile())) {
            byte[] content = jar.getInputStream(jar.getEntry("io/kubewright/cli/Main.class"))
                    .readAllBytes();
            assertThat(content[MAJOR_VERSION]).isEqualTo((byte) 61);
        }
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        raised.toString(),
                        "io.kubewright.cli.Main",
                        "a",
                        "b")
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("a|b");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    /** As Bouncy Castle is: signed, which no cache takes, with classes for certain versions of Java. */
    @Test
    void aSignedLibraryIsCopiedWithoutSignature() throws Exception {
        Path library = scratch.resolve("bcprov-1.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        manifest.getEntries().put("a.txt", new Attributes());
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(library), manifest)) {
            for (String name : List.of("META-INF/BC.SF", "META-INF/BC.RSA", "a.txt", "META-INF/versions/9/a.txt")) {
                jar.putNextEntry(new JarEntry(name));
                jar.write(name.getBytes(UTF_8));
            }
        }
        maven("mkdir -p target/classes; printf '%s\\n' '" + library + "' >target/classpath;" + " cp -r '"
                + classes.resolve("out") + "/.' target/classes");
        assertThat(run("one").exit()).isEqualTo(1);
        Path copy = root.resolve("target/bcprov-1.jar");
        assertThat(root.resolve("target/kubewright.classpath")).hasContent(copy.toString());
        try (JarFile jar = new JarFile(copy.toFile(), true, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .containsExactlyInAnyOrder("META-INF/MANIFEST.MF", "a.txt", "META-INF/versions/9/a.txt");
            assertThat(jar.getManifest().getEntries()).isEmpty();
            assertThat(jar.getInputStream(jar.getJarEntry("a.txt"))).hasContent("META-INF/versions/9/a.txt");
        }
    }

    @Test
    void worksThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(scratch.resolve("kw"), root.resolve("kubewright"));
        assertThat(start(link, Map.of(), "one").exit()).isEqualTo(1);
    }

    @Test
    void manyAtOnceCompileOnce() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int each = 0; each < 3; each++) {
            processes.add(begin(root.resolve("kubewright"), Map.of(), "one"));
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isEqualTo(1);
        }
        assertThat(compilations()).isEqualTo(1);
    }

    @Test
    void aFailedCompilationIsShownAndTriedAgain() throws Exception {
        maven("echo 'A.java:1: error: what is this'; exit 1");
        Call call = run("one", "two", "three");
        assertThat(call.exit()).isEqualTo(1);
        assertThat(call.err()).contains("A.java:1: error: what is this", "target/compile.log");
        assertThat(run().exit()).isEqualTo(1);
        assertThat(compilations()).isEqualTo(2);
    }

    @Test
    void anOldJavaHomeIsPassedOver() throws Exception {
        Path old = jdk("old", "17.0.9");
        Files.createDirectories(scratch.resolve(".jdks"));
        Files.createSymbolicLink(scratch.resolve(".jdks/new"), Path.of(System.getProperty("java.home")));
        Map<String, String> environment = Map.of("JAVA_HOME", old.toString(), "HOME", scratch.toString());
        assertThat(start(root.resolve("kubewright"), environment, "one").exit()).isEqualTo(1);
    }

    /** Makes a directory that looks like a JDK and says when it is run. */
    private Path jdk(String name, String version) throws IOException {
        Path home =
                Files.createDirectories(scratch.resolve(name).resolve("bin")).getParent();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (String tool : List.of("java", "javac", "jar")) {
            script(home.resolve("bin").resolve(tool), "exit 99");
        }
        return home;
    }

    private void maven(String body) throws IOException {
        Files.deleteIfExists(bin.resolve("mvn"));
        script(bin.resolve("mvn"), "echo x >>'" + scratch.resolve("compilations") + "'\n" + body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private long compilations() throws IOException {
        return Files.readAllLines(scratch.resolve("compilations")).size();
    }

    private Call run(String... arguments) throws Exception {
        return start(root.resolve("kubewright"), Map.of(), arguments);
    }

    private Call start(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        Process process = begin(launcher, environment, arguments);
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        int exit = process.waitFor();
        return new Call(exit, out, Files.readString(errors(process)));
    }

    private Process begin(Path launcher, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(Arrays.asList(arguments));
        Path errors = Files.createTempFile(scratch, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        this.errors.put(process, errors);
        return process;
    }

    private Path errors(Process process) {
        return Objects.requireNonNull(errors.get(process));
    }
}
