package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesTest {
    private static final Path FILE = Path.of("sources.yaml");
    private static final String SCHEMA = "schema: kubewright.io/sources/v1\n";

    @TempDir
    private Path directory;

    @Test
    void aSourceIsServedWhereTheFileSaysInThatOrder() {
        Sources sources = Sources.parse(FILE, SCHEMA + """
                sources:
                  releases.test: [https://mirror.test/releases/, origin]
                  registry.test: http://registry.lan:5000/proxy
                """);

        assertThat(sources.of("releases.test"))
                .containsExactly(URI.create("https://mirror.test/releases"), URI.create("https://releases.test"));
        assertThat(sources.of("registry.test")).containsExactly(URI.create("http://registry.lan:5000/proxy"));
        assertThat(sources.of("other.test")).containsExactly(URI.create("https://other.test"));
    }

    @Test
    void whatIsNotNamedIsRefusedWhereTheFileWantsThat() {
        Sources sources = Sources.parse(FILE, SCHEMA + "others: refuse\n");

        assertThatThrownBy(() -> sources.of("other.test")).isInstanceOfSatisfying(BundleException.class, thrown -> {
            assertThat(thrown.code()).isEqualTo(BundleException.Code.SOURCES);
            assertThat(thrown).hasMessageContaining("sources.yaml").hasMessageContaining("other.test");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sources: {}| does not begin with",
                "schema: kubewright.io/sources/v2| does not begin with",
                "schema: kubewright.io/sources/v1\\nmirrors: {}| no key 'mirrors'",
                "schema: kubewright.io/sources/v1\\nsources: [a]| not a mapping",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: }| a.test has no address",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: []}| a.test has no address",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: mirror.test}| no http or https address",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: 'ftp://mirror.test'}| no http or https address",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: 'https://m.test?x=y'}| no http or https address",
                "schema: kubewright.io/sources/v1\\nsources: {a.test: 'https://user:secret@m.test'}| has a login",
                "schema: kubewright.io/sources/v1\\nothers: never| neither origin nor refuse",
                "schema: [| expected"
            })
    void whatIsWrongInTheFileIsNamed(String text, String message) {
        assertThatThrownBy(() -> Sources.parse(FILE, text.replace("\\n", "\n")))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("sources.yaml")
                .hasMessageContaining(message.strip())
                .hasMessageNotContaining("secret");
    }

    @Test
    void theFileIsTheNamedOneElseThatOfTheEnvironmentElseTheUsual() throws Exception {
        Path named = source("named.yaml", "named.lan");
        Path told = source("told.yaml", "told.lan");
        Files.createDirectories(directory.resolve("config/kubewright"));
        source("config/kubewright/sources.yaml", "usual.lan");
        Map<String, String> usual =
                Map.of("XDG_CONFIG_HOME", directory.resolve("config").toString());
        Map<String, String> both = Map.of(
                "XDG_CONFIG_HOME", directory.resolve("config").toString(), "KUBEWRIGHT_SOURCES", told.toString());

        assertThat(host(Sources.find(Optional.of(named), both))).isEqualTo("named.lan");
        assertThat(host(Sources.find(Optional.empty(), both))).isEqualTo("told.lan");
        assertThat(host(Sources.find(Optional.empty(), usual))).isEqualTo("usual.lan");
        assertThat(Sources.find(Optional.empty(), Map.of("HOME", directory.toString())))
                .isEqualTo(Sources.ORIGINS);
        assertThatThrownBy(() -> Sources.find(Optional.of(directory.resolve("none.yaml")), usual))
                .hasMessageContaining("cannot be read");
    }

    private Path source(String name, String host) throws Exception {
        return Files.writeString(directory.resolve(name), SCHEMA + "sources: {a.test: 'https://" + host + "'}\n");
    }

    private static String host(Sources sources) {
        return sources.of("a.test").getFirst().getHost();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.test/x, proxy.lan:3128",
        "http://a.test/x, plain.lan:80",
        "https://within.lan/x, ''",
        "https://deep.within.lan/x, ''",
        "https://notwithin.lan/x, proxy.lan:3128",
        "https://dotted.test/x, ''",
    })
    void proxiesAreThoseOfTheEnvironment(String address, String proxy) {
        Proxies proxies = new Proxies(Map.of(
                "HTTPS_PROXY", "http://proxy.lan:3128",
                "http_proxy", "plain.lan",
                "NO_PROXY", "within.lan, .dotted.test"));

        Proxy chosen = proxies.select(URI.create(address)).getFirst();
        String found = chosen.address() instanceof InetSocketAddress at ? at.getHostString() + ":" + at.getPort() : "";
        assertThat(found).isEqualTo(proxy);
    }

    @Test
    void aProxyWithALoginIsRefusedWithoutShowingIt() {
        Proxies proxies = new Proxies(Map.of("HTTPS_PROXY", "http://user:secret@proxy.lan:3128"));

        assertThatThrownBy(() -> proxies.select(URI.create("https://a.test")))
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("secret");
    }
}
