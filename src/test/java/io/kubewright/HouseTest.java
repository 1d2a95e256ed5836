package io.kubewright;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which room may see which: the matrix of docs/explanation/house.md, held exactly. */
class HouseTest {
    private static final String ROOT = "io.kubewright.";
    private static final Set<String> CAPABILITIES =
            Set.of("host", "kube", "network", "storage", "ingress", "registry", "gpu");
    private static final Set<String> GROUND = Set.of("kubeapi", "bundle", "ssh", "spec", "engine");

    private static final Map<String, Set<String>> SEES = matrix();

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kubewright");

    private static Map<String, Set<String>> matrix() {
        Map<String, Set<String>> sees = new LinkedHashMap<>();
        sees.put("engine", Set.of());
        sees.put("spec", Set.of());
        sees.put("ssh", Set.of("engine"));
        sees.put("bundle", Set.of("engine"));
        sees.put("kubeapi", Set.of("engine", "ssh"));
        CAPABILITIES.forEach(capability -> sees.put(capability, GROUND));
        sees.put("cluster", union(CAPABILITIES, GROUND));
        sees.put("lab", Set.of("spec", "ssh", "bundle"));
        sees.put("report", Set.of("engine"));
        sees.put("cli", union(CAPABILITIES, GROUND, Set.of("cluster", "lab", "report")));
        return sees;
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new LinkedHashSet<>();
        Arrays.stream(sets).forEach(all::addAll);
        return all;
    }

    private static String room(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    @TestFactory
    java.util.stream.Stream<DynamicTest> everyRoomSeesOnlyWhatItMay() {
        return SEES.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey() + " sees " + new TreeSet<>(entry.getValue()),
                        () -> noClasses()
                                .that()
                                .resideInAPackage(ROOT + entry.getKey() + "..")
                                .should()
                                .dependOnClassesThat(describe(
                                        "live in a room it may not see",
                                        type -> type.getPackageName().startsWith(ROOT)
                                                && !room(type).equals(entry.getKey())
                                                && !entry.getValue().contains(room(type))))
                                .allowEmptyShould(true)
                                .check(PRODUCT)));
    }

    @Test
    void everyPackageIsARoomOfTheMatrix() {
        Set<String> rooms = new TreeSet<>();
        PRODUCT.forEach(type -> rooms.add(room(type)));
        assertThat(SEES.keySet()).containsAll(rooms);
    }

    @Test
    void fabric8sJacksonStaysInKubeapi() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "kubeapi..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson.databind..", "io.fabric8..")
                .check(PRODUCT);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
                .check(PRODUCT);
    }
}
