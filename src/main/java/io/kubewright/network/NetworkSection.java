package io.kubewright.network;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.SectionSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pod network and further networks of pods. */
public record NetworkSection(Calico calico, List<Attachment> attachments) {
    /** How Calico carries packets between nodes. */
    public enum Encapsulation {
        VXLAN
    }

    /**
     * The pod network.
     *
     * @param mtu bytes; empty means from the real link
     */
    public record Calico(Encapsulation encapsulation, Optional<Integer> mtu) {}

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("network", NetworkSection.class);

    /** Reads and checks; an attachment that lacks what it must have is left out, its problem is collected. */
    public static NetworkSection read(Fields fields) {
        Fields calico = fields.section("calico");
        List<Attachment> attachments = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        for (Fields each : fields.sections("attachments")) {
            AttachmentReader.read(each).ifPresent(attachment -> {
                attachments.add(attachment);
                String name = attachment.namespace() + "/" + attachment.name();
                String same = names.putIfAbsent(name, each.pointer().words());
                if (same != null) {
                    each.reject(Code.DUPLICATE, "name", same + " is " + name + " too", "");
                }
            });
        }
        return new NetworkSection(
                new Calico(calico.choice("encapsulation", Encapsulation.class), calico.integer("mtu")),
                List.copyOf(attachments));
    }
}
