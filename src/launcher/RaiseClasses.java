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
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;

/**
 * Copies a library, with class files of before Java 6 written anew in a form of today; nothing else of them changes.
 * picocli is compiled for Java 5: an AOT cache takes no such classes (JDK 25), so that all 228 of them would be read and
 * verified, slowly, at every start. Run by ./kubewright: java RaiseClasses.java FROM TO
 */
final class RaiseClasses {
    /** The first version with stack maps, by which classes are verified fast, is 50; this one is Java 17. */
    private static final int VERSION = 61;

    private static final int FIRST_WITH_STACK_MAPS = 50;

    public static void main(String[] arguments) throws IOException {
        Path from = Path.of(arguments[0]);
        try (URLClassLoader classes = new URLClassLoader(new URL[] {from.toUri().toURL()});
                JarInputStream in = new JarInputStream(Files.newInputStream(from));
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            out.setLevel(0);
            ClassFile format = ClassFile.of(
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)),
                    StackMapsOption.GENERATE_STACK_MAPS);
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
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
