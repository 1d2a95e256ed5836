package io.kubewright.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compiles parts into the cache. A compiled part lies in {@code parts/NAME-KEY}, where KEY hashes all that its bytes
 * depend on: recipe, go.mod, go.sum, further files, toolchain, architecture. Beside its outputs lies their digest list,
 * by which damage is noticed and made good.
 */
final class PartBuilder {
    /** To be raised when the way of compiling changes in this class. */
    private static final String METHOD = "1";

    private static final String SUMS = "SHA256SUMS";

    private final Path cache;
    private final Toolchain toolchain;
    private final Architecture architecture;

    PartBuilder(Path cache, Toolchain toolchain, Architecture architecture) {
        this.cache = cache;
        this.toolchain = toolchain;
        this.architecture = architecture;
    }

    /** A compiled part. */
    record Built(Path directory, boolean cached) {
        Path output(String name) {
            return directory.resolve(name);
        }
    }

    Built build(String name, Catalogue.Part part) throws InterruptedException {
        Path directory =
                cache.resolve("parts").resolve(name + "-" + key(name, part).substring(0, 16));
        if (intact(directory, part)) {
            return new Built(directory, true);
        }
        Storage.whole(directory, making -> {
            Path module = making.resolve("module");
            unpackModule(part, module);
            if (part.go() != null) {
                compileGo(name, part.go(), module, making);
            } else if (part.c() != null) {
                compileC(name, part.c(), module, making);
            }
            Storage.delete(module);
            StringBuilder sums = new StringBuilder();
            for (String output : part.outputs()) {
                Path file = making.resolve(output);
                Files.setPosixFilePermissions(
                        file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
                sums.append(Digest.of(file)).append("  ").append(output).append('\n');
            }
            Files.writeString(making.resolve(SUMS), sums);
        });
        return new Built(directory, false);
    }

    /** Files of the part's module directory by name, from the program's resources. */
    static Map<String, byte[]> moduleFiles(Catalogue.Part part) {
        Map<String, byte[]> files = new TreeMap<>();
        part.module().ifPresent(module -> {
            List<String> names = new ArrayList<>(List.of("go.mod", "go.sum"));
            if (part.go() != null) {
                names.addAll(part.go().resources());
            }
            for (String name : names) {
                String resource = "parts/" + module + "/" + name;
                // A module without dependencies has no go.sum.
                if (!name.equals("go.sum") || Resources.exists(resource)) {
                    files.put(name, Resources.read(resource));
                }
            }
        });
        return files;
    }

    /** What the bytes of a part depend on, apart from this machine's C compiler. */
    static String recipe(String name, Catalogue.Part part, String toolchain, Architecture architecture) {
        StringBuilder text = new StringBuilder();
        text.append(METHOD).append('\n').append(name).append('\n').append(part).append('\n');
        text.append(toolchain).append('\n').append(architecture.label()).append('\n');
        moduleFiles(part)
                .forEach((file, content) -> text.append(Digest.of(content))
                        .append("  ")
                        .append(file)
                        .append('\n'));
        return Digest.of(text.toString());
    }

    private String key(String name, Catalogue.Part part) throws InterruptedException {
        String recipe = recipe(name, part, toolchain.version(), architecture);
        if (part.go() != null && !part.go().cgo()) {
            return recipe;
        }
        List<String> needed = part.go() == null ? List.of() : part.go().debianPackages();
        return Digest.of(recipe + toolchain.compilerVersion(toolchain.compiler(architecture, needed)));
    }

    private static boolean intact(Path directory, Catalogue.Part part) {
        Path sums = directory.resolve(SUMS);
        if (!Files.isRegularFile(sums)) {
            return false;
        }
        try {
            for (String line : Files.readAllLines(sums)) {
                String[] words = line.split(" {2}", 2);
                if (words.length < 2 || !Digest.of(directory.resolve(words[1])).equals(words[0])) {
                    return false;
                }
            }
            return part.outputs().stream().allMatch(output -> Files.isRegularFile(directory.resolve(output)));
        } catch (IOException damaged) {
            return false;
        }
    }

    private static void unpackModule(Catalogue.Part part, Path module) throws IOException {
        for (Map.Entry<String, byte[]> file : moduleFiles(part).entrySet()) {
            Path path = module.resolve(file.getKey());
            Files.createDirectories(path.getParent() == null ? module : path.getParent());
            Files.write(path, file.getValue());
        }
    }

    private void compileGo(String name, Catalogue.GoRecipe recipe, Path module, Path making)
            throws IOException, InterruptedException {
        Path go = toolchain.go();
        if (recipe.cgo()) {
            Path compiler = toolchain.compiler(architecture, recipe.debianPackages());
            toolchain.compilerVersion(compiler);
        }
        Path programs = Files.createDirectories(making.resolve("programs"));
        List<String> command = new ArrayList<>(List.of(
                go.toString(),
                "build",
                "-trimpath",
                "-buildvcs=false",
                "-ldflags",
                linkerFlags(recipe),
                "-o",
                programs + "/"));
        if (!recipe.tags().isEmpty()) {
            command.add("-tags");
            command.add(String.join(",", recipe.tags()));
        }
        recipe.outputs().forEach(output -> command.add(output.source()));
        new Program(module, toolchain.goEnvironment(go, architecture, recipe.cgo()), command).run("compiling " + name);
        for (Catalogue.Output output : recipe.outputs()) {
            Files.move(programs.resolve(output.produced()), making.resolve(output.name()));
        }
        Storage.delete(programs);
        for (Catalogue.Copy copy : recipe.copies()) {
            Files.copy(moduleDirectory(copy.from(), module).resolve(copy.file()), making.resolve(copy.name()));
        }
    }

    private static String linkerFlags(Catalogue.GoRecipe recipe) {
        StringBuilder flags = new StringBuilder("-s -w");
        if (recipe.cgo()) {
            flags.append(" -linkmode external -extldflags '-static -Wl,--build-id=none'");
        }
        recipe.stamps()
                .forEach((variable, value) ->
                        flags.append(" -X ").append(variable).append('=').append(value));
        return flags.toString();
    }

    private void compileC(String name, Catalogue.CRecipe recipe, Path module, Path making)
            throws IOException, InterruptedException {
        Path source = moduleDirectory(recipe.from(), module).resolve(recipe.file());
        // Compiled under a plain name in the working directory, so that no path can get into the program.
        Path local = module.resolve("source.c");
        Files.copy(source, local);
        Path compiler = toolchain.compiler(architecture, List.of());
        List<String> command = new ArrayList<>(
                List.of(compiler.toString(), "-Os", "-Wall", "-Werror", "-static", "-s", "-Wl,--build-id=none"));
        recipe.defines().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-o", "program", "source.c"));
        new Program(module, Program.plainEnvironment(), command).run("compiling " + name);
        Files.move(module.resolve("program"), making.resolve(recipe.output()));
    }

    /** Where a module of the pinned set lies, fetched when it is not there yet. */
    private Path moduleDirectory(String from, Path module) throws InterruptedException {
        Path go = toolchain.go();
        Map<String, String> environment = toolchain.goEnvironment(go, architecture, false);
        new Program(module, environment, List.of(go.toString(), "mod", "download", from)).run("fetching " + from);
        return Path.of(new Program(module, environment, List.of(go.toString(), "list", "-m", "-f", "{{.Dir}}", from))
                .run("looking for " + from));
    }

    /** The text of a file that a module ships. */
    byte[] moduleFile(Catalogue.Part part, Catalogue.ModuleFile file) throws InterruptedException {
        try {
            Path module = Files.createTempDirectory(Files.createDirectories(cache.resolve("parts")), ".making-");
            try {
                unpackModule(part, module);
                return Files.readAllBytes(moduleDirectory(file.from(), module).resolve(file.file()));
            } finally {
                Storage.delete(module);
            }
        } catch (IOException failed) {
            throw BundleException.storage("reading " + file.file() + " of " + file.from(), failed);
        }
    }

    /** SHA-256 of the part's go.sum; empty when it has none. */
    static String sums(Catalogue.Part part) {
        byte[] sums = moduleFiles(part).getOrDefault("go.sum", new byte[0]);
        return sums.length == 0 ? "" : Digest.of(new String(sums, StandardCharsets.UTF_8));
    }
}
