import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Copies a library so that an AOT cache takes it (JDK 25), or all its classes would be read and verified, slowly, at every start.
 * Class files of before Java 6 are written anew in a form of today (all 228 of picocli are for Java 5); signatures are left out
 * (Bouncy Castle's; whoever resolved the library has compared its checksum, and no JDK of today asks for them). Nothing else changes.
 * Run by ./kubewright: java PrepareLibrary.java FROM TO
 */
final class PrepareLibrary {
    /** The first version with stack maps, by which classes are verified fast, is 50; this one is Java 17. */
    private static final int VERSION = 61;

    private static final int FIRST_WITH_STACK_MAPS = 50;

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]*\\.(SF|DSA|RSA|EC)");

    public static void main(String[] arguments) throws IOException {
        Path from = Path.of(arguments[0]);
        try (URLClassLoader classes = new URLClassLoader(new URL[] {from.toUri().toURL()});
                JarInputStream in = new JarInputStream(Files.newInputStream(from), false);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            out.setLevel(0);
            ClassFile format = ClassFile.of(
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)),
                    StackMapsOption.GENERATE_STACK_MAPS);
            out.putNextEntry(new JarEntry(JarFile.MANIFEST_NAME));
            manifest(in).write(out);
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                if (SIGNATURE.matcher(entry.getName()).matches()) {
                    continue;
                }
                byte[] content = in.readAllBytes();
                out.putNextEntry(new JarEntry(entry.getName()));
                out.write(entry.getName().endsWith(".class") ? raised(format, content) : content);
                out.closeEntry();
            }
        }
    }

    /** What the library says of itself as a whole, without the digests of its files. */
    private static Manifest manifest(JarInputStream library) {
        Manifest manifest = new Manifest();
        if (library.getManifest() != null) {
            manifest.getMainAttributes().putAll(library.getManifest().getMainAttributes());
        }
        manifest.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        return manifest;
    }

    private static byte[] raised(ClassFile format, byte[] content) {
        ClassModel model = format.parse(content);
        if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return content;
        }
        return format.build(model.thisClass().asSymbol(), type -> {
            type.withVersion(VERSION, 0);
            model.forEach(element -> {
                if (!(element instanceof ClassFileVersion)) {
                    type.with(element);
                }
            });
        });
    }
}
