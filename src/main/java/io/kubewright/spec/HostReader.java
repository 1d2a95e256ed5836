package io.kubewright.spec;

import io.kubewright.spec.Fields.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the hosts and the SSH settings that apply to each. */
final class HostReader {
    private static final Pattern TAINT = Pattern.compile("([^=:]+)(?:=([^=:]*))?:([A-Za-z]+)");
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");
    private static final Pattern JUMP = Pattern.compile("([^@:,\\s]+@)?([^@:,\\s]+|\\[[0-9A-Fa-f:]+])(:[0-9]{1,5})?");

    /** Labels under Kubernetes' own prefixes that are meant to be set by people. */
    private static final Pattern SETTABLE = Pattern.compile(
            "topology\\.kubernetes\\.io/(region|zone)|node-restriction\\.kubernetes\\.io/.*|node\\.kubernetes\\.io/.*");

    private final SourceDirectory directory;

    private HostReader(SourceDirectory directory) {
        this.directory = directory;
    }

    static List<Host> readAll(Fields file, SourceDirectory directory) {
        HostReader reader = new HostReader(directory);
        Fields defaults = file.section("ssh");
        Ssh common = reader.ssh(defaults);
        List<Host> hosts = new ArrayList<>();
        for (Fields fields : file.sections("hosts")) {
            reader.host(fields, common).ifPresent(hosts::add);
        }
        reader.checkUnique(file, hosts);
        return List.copyOf(hosts);
    }

    private Optional<Host> host(Fields fields, Ssh common) {
        Optional<String> name = fields.parsed("name", Code.BAD_NAME, Names::node);
        Optional<String> address = fields.parsed("address", Code.BAD_ADDRESS, HostReader::address);
        Optional<IpAddress> nodeIp = nodeIp(fields, address);
        Optional<IpAddress> second = fields.parsed("secondNodeIp", Code.BAD_ADDRESS, IpAddress::parse);
        second.ifPresent(ip -> checkUsable(fields, "secondNodeIp", ip));
        Set<Role> roles = EnumSet.noneOf(Role.class);
        fields.texts("roles")
                .forEach(role -> Fields.constant(role.value(), Role.class).ifPresent(roles::add));
        Map<String, String> labels = labels(fields);
        List<Taint> taints = taints(fields);
        SshSettings ssh = ssh(fields.section("ssh")).over(common);
        if (name.isEmpty() || address.isEmpty() || nodeIp.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Host(
                name.get(),
                address.get(),
                nodeIp.get(),
                second,
                Collections.unmodifiableSet(roles),
                Collections.unmodifiableMap(labels),
                List.copyOf(taints),
                ssh,
                fields.pointer()));
    }

    private static String address(String text) {
        if (text.indexOf('@') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is not an address: the user belongs into ssh.user");
        }
        if (text.matches("[^:]+:[0-9]+")) {
            throw new IllegalArgumentException("'" + text + "' is not an address: the port belongs into ssh.port");
        }
        return Names.dnsOrAddress(text);
    }

    private static Optional<IpAddress> nodeIp(Fields fields, Optional<String> address) {
        if (fields.has("nodeIp")) {
            Optional<IpAddress> nodeIp = fields.parsed("nodeIp", Code.BAD_ADDRESS, IpAddress::parse);
            nodeIp.ifPresent(ip -> checkUsable(fields, "nodeIp", ip));
            return nodeIp;
        }
        if (address.isEmpty()) {
            return Optional.empty();
        }
        if (!address.get().contains(":") && !address.get().matches("[0-9.]+")) {
            fields.reject(
                    Code.MISSING_KEY,
                    "nodeIp",
                    "the address of this host is a DNS name, so nodeIp must say which IP address Kubernetes uses",
                    "nodeIp: ADDRESS");
            return Optional.empty();
        }
        IpAddress ip = IpAddress.parse(address.get());
        checkUsable(fields, "address", ip);
        return Optional.of(ip);
    }

    private static void checkUsable(Fields fields, String key, IpAddress ip) {
        ip.unusable()
                .ifPresent(reason -> fields.reject(
                        Code.BAD_ADDRESS,
                        key,
                        "nodes cannot reach each other at " + ip + ": it is " + reason,
                        key.equals("address") ? "keep it for SSH, and set nodeIp" : ""));
    }

    private static Map<String, String> labels(Fields fields) {
        Map<String, String> labels = fields.textMap("labels");
        labels.forEach((key, value) -> {
            Pointer place = fields.at("labels").child(key);
            try {
                Names.labelKey(key);
                Names.labelValue(value);
            } catch (IllegalArgumentException e) {
                fields.reject(Code.BAD_LABEL, place, String.valueOf(e.getMessage()), "");
            }
            if (key.matches("([^/]*\\.)?(kubernetes|k8s)\\.io/.*")
                    && !SETTABLE.matcher(key).matches()) {
                fields.reject(
                        Code.RESERVED_LABEL,
                        place,
                        "the label " + key + " belongs to Kubernetes, which sets it itself",
                        "use a prefix of your own, or roles: for what the host is for");
            }
        });
        return labels;
    }

    private static List<Taint> taints(Fields fields) {
        List<Taint> taints = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Item<Taint> item : fields.parsedAll("taints", Code.BAD_TAINT, HostReader::taint)) {
            taints.add(item.value());
            if (!seen.add(item.value().key() + ":" + item.value().effect())) {
                fields.reject(
                        Code.DUPLICATE,
                        item.place(),
                        "a node takes one taint for " + item.value().key() + " with the effect "
                                + item.value().effect(),
                        "remove one of them");
            }
        }
        return taints;
    }

    private static Taint taint(String text) {
        Matcher matcher = TAINT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a taint: write KEY=VALUE:EFFECT or KEY:EFFECT");
        }
        String effect = matcher.group(3);
        if (!EFFECTS.contains(effect)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a taint: the effect is one of " + String.join(", ", EFFECTS));
        }
        String value = matcher.group(2) == null ? "" : matcher.group(2);
        return new Taint(Names.labelKey(matcher.group(1)), Names.labelValue(value), effect);
    }

    private void checkUnique(Fields file, List<Host> hosts) {
        Map<String, String> names = new HashMap<>();
        Map<String, String> doors = new HashMap<>();
        Map<IpAddress, String> nodeIps = new HashMap<>();
        for (Host host : hosts) {
            Pointer pointer = host.pointer();
            String door = host.address() + " port " + host.ssh().port().orElse(22)
                    + host.ssh().jump().map(jump -> " through " + jump).orElse("");
            String sameName = names.putIfAbsent(host.name(), pointer.words());
            if (sameName != null) {
                file.reject(Code.DUPLICATE, pointer.child("name"), sameName + " is called " + host.name() + " too", "");
            }
            String sameDoor = doors.putIfAbsent(door, host.name());
            String sameIp = nodeIps.putIfAbsent(host.nodeIp(), host.name());
            if (sameDoor != null) {
                file.reject(
                        Code.DUPLICATE,
                        pointer.child("address"),
                        sameDoor + " is reached at " + door + " too: one host would be two nodes",
                        "");
            } else if (sameIp != null) {
                file.reject(
                        Code.DUPLICATE,
                        pointer.child("nodeIp"),
                        sameIp + " has the nodeIp " + host.nodeIp() + " too",
                        "");
            }
            host.secondNodeIp().ifPresent(second -> checkSecond(file, host, second, nodeIps));
            if (host.nodeIp().bits() != hosts.getFirst().nodeIp().bits()) {
                file.reject(
                        Code.FAMILY_MISMATCH,
                        pointer.child("nodeIp"),
                        host.nodeIp() + " is of another IP family than the nodeIp of "
                                + hosts.getFirst().name() + ": nodes could not reach each other",
                        "");
            }
        }
    }

    private static void checkSecond(Fields file, Host host, IpAddress second, Map<IpAddress, String> nodeIps) {
        Pointer place = host.pointer().child("secondNodeIp");
        String same = nodeIps.putIfAbsent(second, host.name());
        if (second.bits() == host.nodeIp().bits()) {
            file.reject(
                    Code.FAMILY_MISMATCH,
                    place,
                    second + " is of the same IP family as the nodeIp " + host.nodeIp(),
                    "a node has one address of each family; write the one of the other family, or remove the key");
        } else if (same != null) {
            file.reject(Code.DUPLICATE, place, same + " has the address " + second + " too", "");
        }
    }

    private Ssh ssh(Fields fields) {
        fields.text("user").ifPresent(user -> {
            if (!user.matches("[A-Za-z_][A-Za-z0-9_.@\\\\-]*[$]?")) {
                fields.reject(Code.BAD_NAME, "user", "'" + user + "' is not a user name", "");
            }
        });
        fields.text("jump").ifPresent(jump -> {
            for (String hop : jump.split(",", -1)) {
                if (!JUMP.matcher(hop).matches()) {
                    fields.reject(
                            Code.BAD_FORMAT,
                            "jump",
                            "'" + hop + "' is not a host to jump through",
                            "write [USER@]HOST[:PORT], several separated by commas");
                }
            }
        });
        return new Ssh(
                fields.text("user"),
                fields.optionalChoice("become", Become.class),
                fields.parsed("identityFile", Code.BAD_FORMAT, directory::resolve),
                fields.integer("port"),
                fields.text("jump"),
                fields.parsed("knownHosts", Code.BAD_FORMAT, directory::resolve));
    }

    /** Settings of one place of the file. */
    private record Ssh(
            Optional<String> user,
            Optional<Become> become,
            Optional<Path> identityFile,
            Optional<Integer> port,
            Optional<String> jump,
            Optional<Path> knownHosts) {
        SshSettings over(Ssh common) {
            Optional<String> login = user.or(common::user);
            return new SshSettings(
                    login,
                    become.or(common::become).orElse(login.equals(Optional.of("root")) ? Become.NONE : Become.SUDO),
                    identityFile.or(common::identityFile),
                    port.or(common::port),
                    jump.or(common::jump),
                    knownHosts.or(common::knownHosts));
        }
    }
}
