package io.kubewright.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kernel parameters over any files that set some at boot, judged by sysctl.d(5) told in another language.
 *
 * <p>{@code -Dkubewright.sysctl.hosts=N} makes N hosts, {@code -Dkubewright.sysctl.seed=N} repeats a run.
 */
class SysctlFilesTest {
    private static final int HOSTS = Integer.getInteger("kubewright.sysctl.hosts", 25);
    private static final List<String> DIRECTORIES =
            List.of("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d");
    private static final List<String> NAMES =
            List.of("10-a.conf", "50-default.conf", "99-sysctl.conf", "99-z.conf", "99-zz-later.conf", "notes.txt");
    private static final String OURS = "99-zz-kubewright.conf";

    /** What is asked for: at least 8192, exactly 1, at least 4096 87380 6291456. */
    private static final Map<String, String> WANTED = new TreeMap<>(Map.of(
            "fs.inotify.max_user_instances", "8192",
            "net.ipv4.conf.eth0/5.forwarding", "1",
            "net.ipv4.tcp_rmem", "4096 87380 6291456"));

    @TempDir
    private Path directory;

    /** Files by absolute path. */
    private static Map<String, String> anyFiles(SplittableRandom random) {
        Map<String, String> files = new TreeMap<>();
        for (String each : DIRECTORIES) {
            for (String name : NAMES) {
                if (random.nextInt(3) == 0) {
                    files.put(each + "/" + name, anyFile(random));
                }
            }
        }
        return files;
    }

    private static String anyFile(SplittableRandom random) {
        List<String> keys = List.of(
                "fs.inotify.max_user_instances",
                "fs/inotify/max_user_instances",
                "net.ipv4.tcp_rmem",
                "net/ipv4/conf/eth0.5/forwarding",
                "net.ipv4.conf.eth0/5.forwarding",
                "kernel.other",
                "fs.inotify.max_user_instancesX");
        List<String> values = List.of(
                "0",
                "1",
                "128",
                "8192",
                "65536",
                "18446744073709551615",
                "4096\t87380\t6291456",
                "8192 131072  16777216",
                "a=b",
                "");
        List<String> before = List.of("", "", "", " ", "\t", "-", "# ", ";", "#");
        List<String> between = List.of("=", " = ", "\t=\t", "= ", " =", " ");
        List<String> after = List.of("", "", " ", "\t", " \r", " # no comment");
        StringBuilder text = new StringBuilder();
        for (int line = random.nextInt(6); line > 0; line--) {
            text.append(any(before, random))
                    .append(any(keys, random))
                    .append(any(between, random))
                    .append(any(values, random))
                    .append(any(after, random))
                    .append('\n');
        }
        return text.isEmpty() || random.nextInt(4) > 0 ? text.toString() : text.substring(0, text.length() - 1);
    }

    private static String any(List<String> words, SplittableRandom random) {
        return words.get(random.nextInt(words.size()));
    }

    /** What sysctl.d(5) says: key to value and the path that has the last word. */
    private static Map<String, String> atBoot(Map<String, String> files) {
        Map<String, String> byName = new TreeMap<>();
        for (String each : DIRECTORIES) {
            files.keySet().stream()
                    .filter(path -> path.startsWith(each + "/") && path.endsWith(".conf"))
                    .forEach(path -> byName.putIfAbsent(path.substring(each.length() + 1), path));
        }
        Map<String, String> values = new HashMap<>();
        byName.values()
                .forEach(path -> files.getOrDefault(path, "").lines().forEach(line -> {
                    String stripped = line.strip();
                    int equals = stripped.indexOf('=');
                    if (equals < 0 || stripped.startsWith("#") || stripped.startsWith(";")) {
                        return;
                    }
                    String key = stripped.substring(0, equals).strip();
                    if (key.matches(".*[ \t].*")) {
                        return;
                    }
                    values.put(
                            Parameter.canonical(key.startsWith("-") ? key.substring(1) : key),
                            stripped.substring(equals + 1).strip().replaceAll("[ \t]+", " ") + "\t" + path);
                }));
        return values;
    }

    private static List<String> lines(Map<String, String> boot) {
        return boot.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .sorted()
                .toList();
    }

    private static List<String> told(HostDirectory host, String file) throws IOException {
        return host.read(file)
                .replace(host.path("/").toString(), "")
                .lines()
                .sorted()
                .toList();
    }

    private static boolean covers(String value, String wanted) {
        String[] have = value.split(" ");
        String[] need = wanted.split(" ");
        if (have.length != need.length) {
            return false;
        }
        for (int i = 0; i < need.length; i++) {
            if (!have[i].matches("\\d+") || new BigInteger(have[i]).compareTo(new BigInteger(need[i])) < 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void ofAnyHostOnlyOurFileChangesAndItNeverLowers() throws IOException {
        long seed = Long.getLong("kubewright.sysctl.seed", System.nanoTime());
        HostDirectory host = new HostDirectory(directory.toRealPath());
        SplittableRandom random = new SplittableRandom(seed);
        List<Map<String, String>> hosts = new ArrayList<>();
        for (int number = 0; number < HOSTS; number++) {
            hosts.add(anyFiles(random));
            for (Map.Entry<String, String> file : hosts.getLast().entrySet()) {
                host.file("/opt/in/" + number + file.getKey(), file.getValue());
            }
        }
        for (String key : WANTED.keySet()) {
            host.file("/proc/sys/" + file(key), "0\n");
        }

        HostDirectory.Result result = host.run(ShellFunctions.of("sysctl.sh") + """
                prepare() {
                    begin_set
                    set_parameter fs.inotify.max_user_instances 8192 at-least kernel
                    set_parameter net.ipv4.conf.eth0/5.forwarding 1 exactly kernel
                    set_parameter net.ipv4.tcp_rmem '4096 87380 6291456' at-least kernel
                    end_set
                }
                number=0
                while [ "$number" -lt %d ]; do
                    out=/opt/out/$number
                    mkdir -p "$out"
                    rm -rf /etc/sysctl.d /run/sysctl.d /usr/local/lib /usr/lib/sysctl.d
                    mkdir -p /etc/sysctl.d /usr/local/lib
                    for directory in etc run usr/local/lib usr/lib; do
                        if [ -d "/opt/in/$number/$directory/sysctl.d" ]; then
                            target=/etc/..
                            mkdir -p "$target/$directory"
                            cp -r "/opt/in/$number/$directory/sysctl.d" "$target/$directory/"
                        fi
                    done
                    boot_values | sort >"$out/before"
                    prepare
                    cp /etc/sysctl.d/99-zz-kubewright.conf "$out/ours"
                    boot_values | sort >"$out/after"
                    prepare
                    cmp /etc/sysctl.d/99-zz-kubewright.conf "$out/ours"
                    put_back
                    [ ! -e /etc/sysctl.d/99-zz-kubewright.conf ]
                    for directory in etc run usr/local/lib usr/lib; do
                        if [ -d "/opt/in/$number/$directory/sysctl.d" ]; then
                            diff -r "/opt/in/$number/$directory/sysctl.d" "/etc/../$directory/sysctl.d"
                        fi
                    done
                    number=$((number + 1))
                done
                """.formatted(HOSTS));

        assertThat(result.output() + result.errors()).as("seed %d", seed).isEmpty();
        assertThat(result.status()).isZero();
        for (int number = 0; number < HOSTS; number++) {
            Map<String, String> files = hosts.get(number);
            String as = "seed " + seed + ", host " + number + ": " + files;
            assertThat(told(host, "/opt/out/" + number + "/before")).as(as).isEqualTo(lines(atBoot(files)));
            Map<String, String> with = new TreeMap<>(files);
            with.put("/etc/sysctl.d/" + OURS, host.read("/opt/out/" + number + "/ours"));
            Map<String, String> after = atBoot(with);
            assertThat(told(host, "/opt/out/" + number + "/after")).as(as).isEqualTo(lines(after));
            WANTED.forEach((key, wanted) -> {
                String[] now = after.getOrDefault(key, "\t").split("\t", -1);
                String former = atBoot(files).getOrDefault(key, "\t").split("\t", -1)[0];
                if (now[1].endsWith("/" + OURS)) {
                    assertThat(covers(now[0], wanted)).as(as + key + now[0]).isTrue();
                    assertThat(!covers(former, wanted) || covers(now[0], former) || wanted.equals("1"))
                            .as(as)
                            .isTrue();
                } else {
                    assertThat(now[1].substring(now[1].lastIndexOf('/') + 1))
                            .as(as)
                            .isGreaterThan(OURS);
                }
            });
        }
    }

    private static String file(String key) {
        return key.replace('/', '\u0001').replace('.', '/').replace('\u0001', '.');
    }
}
