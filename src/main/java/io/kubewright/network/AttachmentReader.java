package io.kubewright.network;

import io.kubewright.network.Attachment.Ipam;
import io.kubewright.network.Attachment.Master;
import io.kubewright.network.Attachment.Type;
import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Names;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one attachment and checks what can be checked without the rest of the file. */
final class AttachmentReader {
    private static final Map<Type, List<String>> MODES = Map.of(
            Type.MACVLAN, List.of("bridge", "private", "vepa", "passthru"),
            Type.IPVLAN, List.of("l2", "l3", "l3s"),
            Type.BRIDGE, List.of());

    private final Fields fields;

    private AttachmentReader(Fields fields) {
        this.fields = fields;
    }

    static Optional<Attachment> read(Fields fields) {
        return new AttachmentReader(fields).attachment();
    }

    private Optional<Attachment> attachment() {
        Optional<String> name = fields.parsed("name", Code.BAD_NAME, Names::dns);
        String namespace =
                fields.parsed("namespace", Code.BAD_NAME, Names::label).orElse("default");
        Optional<Type> type = fields.optionalChoice("type", Type.class);
        Optional<String> mode = type.flatMap(this::mode);
        Optional<Master> master = master();
        Optional<Ipam> ipam = ipam(fields.section("ipam"), master);
        if (type.equals(Optional.of(Type.IPVLAN)) && ipam.equals(Optional.of(new Ipam.Dhcp()))) {
            fields.reject(
                    Code.CONFLICT,
                    fields.at("ipam").child("type"),
                    "all ipvlan interfaces of a host share its MAC address, so a DHCP server cannot tell them apart",
                    "use macvlan, or whereabouts");
        }
        if (name.isEmpty() || type.isEmpty() || master.isEmpty() || ipam.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Attachment(
                name.get(),
                namespace,
                type.get(),
                mode,
                master.get(),
                fields.integer("vlan"),
                fields.integer("mtu"),
                ipam.get(),
                fields.pointer()));
    }

    private Optional<String> mode(Type type) {
        List<String> modes = MODES.getOrDefault(type, List.of());
        Optional<String> mode = fields.text("mode");
        if (mode.isPresent() && !modes.contains(mode.get())) {
            fields.reject(
                    Code.NOT_ALLOWED,
                    "mode",
                    type.name().toLowerCase(Locale.ROOT) + " has no mode '" + mode.get() + "'",
                    modes.isEmpty() ? "remove the key" : "its modes: " + String.join(", ", modes));
        }
        return mode.or(() -> modes.stream().findFirst());
    }

    private Optional<Master> master() {
        Fields master = fields.section("master");
        if (!fields.has("master")) {
            fields.reject(
                    Code.MISSING_KEY,
                    "master",
                    "an attachment needs a master: without it the plugin takes the interface of the default route, which"
                            + " is rarely the one meant",
                    "master: {network: NETWORK/LENGTH}, or {name: INTERFACE}, or {mac: ADDRESS}");
            return Optional.empty();
        }
        Optional<Master> network =
                master.parsed("network", Code.BAD_NETWORK, Cidr::parse).map(Master.InNetwork::new);
        Optional<Master> name = master.parsed("name", Code.BAD_NAME, AttachmentReader::interfaceName)
                .map(Master.Named::new);
        Optional<Master> mac =
                master.parsed("mac", Code.BAD_ADDRESS, AttachmentReader::mac).map(Master.WithMac::new);
        return network.or(() -> name).or(() -> mac);
    }

    /** Linux: up to 15 bytes without slash and blank; "." and ".." are no names. */
    private static String interfaceName(String text) {
        if (!text.matches("[A-Za-z0-9_.:@-]{1,15}") || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the name of a network interface: up to 15 letters, digits, '-', '_', '.'");
        }
        return text;
    }

    private static String mac(String text) {
        String lower = text.toLowerCase(Locale.ROOT).replace('-', ':');
        if (!lower.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
            throw new IllegalArgumentException("'" + text + "' is not a MAC address, such as 52:54:00:12:34:56");
        }
        if ((Integer.parseInt(lower.substring(0, 2), 16) & 1) == 1) {
            throw new IllegalArgumentException("'" + text + "' is a multicast address: no interface has it");
        }
        return lower;
    }

    private Optional<Ipam> ipam(Fields ipam, Optional<Master> master) {
        Optional<String> type = ipam.text("type");
        if (type.isEmpty() || type.get().equals("whereabouts")) {
            return type.isEmpty() ? Optional.empty() : whereabouts(ipam, master);
        }
        for (String key : List.of("range", "exclude", "gateway")) {
            if (ipam.has(key)) {
                ipam.reject(
                        Code.NOT_ALLOWED,
                        key,
                        "the ipam type " + type.get() + " has no " + key + ": it would be ignored silently",
                        "remove it, or use type: whereabouts");
            }
        }
        return switch (type.get()) {
            case "static" -> Optional.of(new Ipam.Static());
            case "dhcp" -> Optional.of(new Ipam.Dhcp());
            case "none" -> Optional.of(new Ipam.None());
            default -> Optional.empty();
        };
    }

    private Optional<Ipam> whereabouts(Fields ipam, Optional<Master> master) {
        if (!ipam.has("range")) {
            ipam.reject(
                    Code.MISSING_KEY,
                    "range",
                    "whereabouts needs a range to hand out",
                    "range: FIRST-LAST/LENGTH, clear of hosts, gateway and DHCP");
            return Optional.empty();
        }
        Optional<NetworkRange> range = ipam.parsed("range", Code.BAD_RANGE, NetworkRange::parse);
        List<Item<Cidr>> exclude = ipam.parsedAll("exclude", Code.BAD_NETWORK, Cidr::parse);
        Optional<IpAddress> gateway = ipam.text("gateway").equals(Optional.of("none"))
                ? Optional.empty()
                : ipam.parsed("gateway", Code.BAD_ADDRESS, IpAddress::parse);
        if (range.isEmpty()) {
            return Optional.empty();
        }
        Cidr network = range.get().network();
        AddressRange handedOut = range.get().range();
        for (Item<Cidr> item : exclude) {
            if (!handedOut.overlaps(item.value().range())) {
                ipam.reject(
                        Code.OUTSIDE,
                        item.place(),
                        item.value() + " lies outside the range " + handedOut + ", so excluding it does nothing",
                        "remove it, or correct it");
            }
            if (item.value().range().contains(handedOut)) {
                ipam.reject(Code.TOO_SMALL, item.place(), item.value() + " excludes the whole range " + handedOut, "");
            }
        }
        Ipam.Whereabouts whereabouts = new Ipam.Whereabouts(network, handedOut, Item.values(exclude), gateway);
        gateway.ifPresent(address -> checkGateway(ipam, whereabouts, address));
        if (master.isPresent()
                && master.get() instanceof Master.InNetwork(Cidr masterNetwork)
                && !masterNetwork.range().contains(handedOut)) {
            ipam.reject(
                    Code.OUTSIDE,
                    "range",
                    "the range " + handedOut + " lies outside the network of its master, " + masterNetwork,
                    "take a range within it");
        }
        return Optional.of(whereabouts);
    }

    private static void checkGateway(Fields ipam, Ipam.Whereabouts whereabouts, IpAddress gateway) {
        if (!whereabouts.network().contains(gateway)) {
            ipam.reject(
                    Code.OUTSIDE,
                    "gateway",
                    "the gateway " + gateway + " lies outside the network " + whereabouts.network(),
                    "");
        } else if (whereabouts.handsOut(gateway)) {
            ipam.reject(
                    Code.OVERLAP,
                    "gateway",
                    "the range hands out the gateway's address " + gateway + ", so a pod would take it from the router",
                    "exclude it: exclude: [" + gateway + "/" + gateway.bits() + "]");
        }
    }
}
