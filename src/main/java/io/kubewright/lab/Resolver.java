package io.kubewright.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hosts' name server: dnsmasq on this machine's address in the lab and nowhere else. It knows the lab's names and says at
 * once that any other does not exist, where no server at all would cost tens of seconds a name.
 */
final class Resolver {
    static final String PURPOSE = "resolver";

    private final StateDirectory directory;
    private final LabNetwork network;

    Resolver(StateDirectory directory, LabNetwork network) {
        this.directory = directory;
        this.network = network;
    }

    /** Names it answers; dnsmasq reads them anew by itself. */
    void names(List<LabHost> hosts, Map<String, String> further) {
        StringBuilder text = new StringBuilder();
        hosts.forEach(host ->
                text.append(host.address()).append(' ').append(host.name()).append('\n'));
        new TreeMap<>(further)
                .forEach((name, address) ->
                        text.append(address).append(' ').append(name).append('\n'));
        Trees.make(directory.names());
        // dnsmasq reads every file of that directory: the new text is written beside it and moved in.
        Path next = directory.root().resolve("names.txt");
        directory.write(next, text.toString());
        Command.of("mv", next.toString(), directory.names().resolve("lab").toString())
                .run();
    }

    void start(List<Path> cgroups) {
        Path configuration = directory.root().resolve("dnsmasq.conf");
        directory.write(
                configuration,
                String.join(
                        "\n",
                        "listen-address=" + network.gateway(),
                        "bind-interfaces",
                        "user=root",
                        "no-resolv",
                        "no-hosts",
                        "no-poll",
                        "hostsdir=" + directory.names(),
                        "address=/#/",
                        "local-ttl=5",
                        ""));
        directory.write(
                directory.cgroups(PURPOSE),
                String.join("\n", cgroups.stream().map(Path::toString).toList()) + "\n");
        Background.start(
                List.of(
                        "sh",
                        directory.script("join.sh").toString(),
                        directory.cgroups(PURPOSE).toString(),
                        "dnsmasq",
                        "--keep-in-foreground",
                        "--conf-file=" + configuration,
                        "--pid-file="),
                directory.root().resolve("dnsmasq.log"));
        long end = System.nanoTime() + 10_000_000_000L;
        while (!answers()) {
            if (System.nanoTime() > end) {
                throw LabException.failed(
                        "the lab's name server does not answer on " + network.gateway() + ": "
                                + StateDirectory.text(directory.root().resolve("dnsmasq.log"))
                                        .strip(),
                        "Something else may hold port 53 of every address here: ss -lunp 'sport = 53' names it.");
            }
        }
    }

    /** Asks for a name that does not exist. */
    boolean answers() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(200);
            byte[] question = question("kubewright-lab.invalid");
            socket.send(new DatagramPacket(question, question.length, InetAddress.getByName(network.gateway()), 53));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            return answer.getLength() >= 12;
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] question(String name) {
        List<Byte> bytes = new ArrayList<>(List.of(
                (byte) 7, (byte) 7, (byte) 1, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
                (byte) 0, (byte) 0));
        for (String label : name.split("\\.")) {
            bytes.add((byte) label.length());
            for (byte each : label.getBytes(StandardCharsets.US_ASCII)) {
                bytes.add(each);
            }
        }
        bytes.addAll(List.of((byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 1));
        byte[] all = new byte[bytes.size()];
        for (int index = 0; index < all.length; index++) {
            all[index] = bytes.get(index);
        }
        return all;
    }
}
