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
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Copies a library in a form that an AOT cache takes (JDK 25), so that its classes need not be read and verified, slowly, at
 * every start: without signatures, as Bouncy Castle has them, and with class files of before Java 6, as picocli has them,
 * written anew in a form of today. Nothing else changes. Run by ./kubewright: java RaiseClasses.java FROM TO
 */
final class RaiseClasses {
    /** The first version with stack maps, by which classes are verified fast, is 50; this one is Java 17. */
    private static final int VERSION = 61;

    private static final int FIRST_WITH_STACK_MAPS = 50;

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");

    public static void main(String[] arguments) throws IOException {
        Path from = Path.of(arguments[0]);
        try (URLClassLoader classes = new URLClassLoader(new URL[] {from.toUri().toURL()});
                JarInputStream in = new JarInputStream(Files.newInputStream(from), false);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            out.setLevel(0);
            ClassFile format = ClassFile.of(
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)),
                    StackMapsOption.GENERATE_STACK_MAPS);
            if (in.getManifest() != null) {
                Manifest manifest = new Manifest();
                manifest.getMainAttributes().putAll(in.getManifest().getMainAttributes());
                out.putNextEntry(new JarEntry(JarFile.MANIFEST_NAME));
                manifest.write(out);
                out.closeEntry();
            }
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
