package io.kubewright.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Ports at which hosts must be reached; a row of a room's {@code ports.yaml}.
 *
 * @param first and {@code last}: the port twice, or a range
 * @param on the hosts that listen
 * @param from who calls
 * @param server the program that listens, by its process name; none where it depends
 */
public record Port(
        Transport transport,
        int first,
        int last,
        On on,
        From from,
        Optional<String> server,
        String why,
        String source) {
    /** What carries it. */
    public enum Transport {
        TCP,
        UDP
    }

    /** Which hosts listen. */
    public enum On {
        CONTROL_PLANES,
        NODES
    }

    /** Who calls. */
    public enum From {
        CONTROL_PLANES,
        NODES,
        ANYONE
    }

    /** One of these ports. */
    public Port at(int number) {
        return new Port(transport, number, number, on, from, server, why, source);
    }

    /**
     * A room's ports.
     *
     * @param room a class of the room
     */
    public static List<Port> table(Class<?> room) {
        return Table.read(room, "ports.yaml").stream().map(Port::of).toList();
    }

    private static Port of(Table.Row row) {
        String[] ports = row.text("ports").split("-", 2);
        return new Port(
                word(Transport.class, row.text("transport")),
                Integer.parseInt(ports[0]),
                Integer.parseInt(ports[ports.length - 1]),
                word(On.class, row.text("on")),
                word(From.class, row.text("from")),
                row.optional("server"),
                row.text("why"),
                row.text("source"));
    }

    private static <E extends Enum<E>> E word(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether this host listens there. */
    public boolean isOn(Host host) {
        return switch (on) {
            case CONTROL_PLANES -> host.isControlPlane();
            case NODES -> true;
        };
    }

    /** Whether this host calls there. */
    public boolean isCalledBy(Host host) {
        return switch (from) {
            case CONTROL_PLANES -> host.isControlPlane();
            case NODES, ANYONE -> true;
        };
    }

    /** As firewalls and people write it, such as {@code tcp/30000-32767}. */
    @Override
    public String toString() {
        return transport.name().toLowerCase(Locale.ROOT) + "/" + first + (last == first ? "" : "-" + last);
    }
}
