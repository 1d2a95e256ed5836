package io.kubewright.spec;

import io.kubewright.spec.Fields.Item;
import java.util.List;

/**
 * The part of the file that does not depend on any capability.
 *
 * @param bundle {@code upstream}, {@code source} or an absolute directory
 */
public record BaseSections(Metadata metadata, String bundle, List<String> acceptUntested, List<Host> hosts) {
    private static final List<String> SOURCES = List.of("upstream", "source");

    /** Reads and checks; a host that lacks what it must have is left out, its problem is collected. */
    public static BaseSections read(Fields file, SourceDirectory directory) {
        Fields metadata = file.section("metadata");
        String name = metadata.parsed("name", Code.BAD_NAME, Names::label).orElse("cluster");
        List<Host> hosts = HostReader.readAll(file, directory);
        return new BaseSections(
                new Metadata(name), bundle(file, directory), Item.values(file.texts("acceptUntested")), hosts);
    }

    private static String bundle(Fields file, SourceDirectory directory) {
        String bundle = file.text("bundle").orElse("upstream");
        if (SOURCES.contains(bundle)) {
            return bundle;
        }
        if (bundle.indexOf('/') < 0) {
            file.reject(
                    Code.NOT_ALLOWED,
                    "bundle",
                    "bundle must be upstream or source or a directory, not '" + bundle + "'",
                    Suggestion.hint(bundle, SOURCES, "write a directory with a slash: ./" + bundle));
        }
        return directory.resolve(bundle).toString();
    }
}
