package io.kubewright.bundle;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads what Kubewright brings with it as YAML: what is wrong there is its own mistake. */
final class BuiltIn {
    private BuiltIn() {}

    /**
     * The text as this type; a key that the type lacks is a mistake.
     *
     * @param problems contradictions, as sentences; none when there are none
     * @throws BundleException of {@link BundleException.Code#CATALOGUE}
     */
    static <T> T parse(String resource, String text, Class<T> type, Function<T, List<String>> problems) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        try {
            Object tree = new Load(LoadSettings.builder().setLabel(resource).build()).loadFromString(text);
            T parsed = mapper.convertValue(tree, type);
            List<String> found = problems.apply(parsed);
            if (!found.isEmpty()) {
                throw broken(resource, String.join("; ", found), null);
            }
            return parsed;
        } catch (YamlEngineException | JacksonException malformed) {
            throw broken(resource, String.valueOf(malformed.getMessage()), malformed);
        }
    }

    private static BundleException broken(String resource, String why, @Nullable Throwable cause) {
        return new BundleException(
                BundleException.Code.CATALOGUE,
                resource + ": " + why,
                "This is an error in Kubewright itself; please report it.",
                cause);
    }
}
