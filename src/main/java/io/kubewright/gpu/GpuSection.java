package io.kubewright.gpu;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.SectionSchema;
import java.util.Optional;

/**
 * NVIDIA cards.
 *
 * @param operator whether the GPU operator is installed when a host has a card
 * @param mig a MIG profile of NVIDIA's mig-parted configuration, such as all-1g.10gb; empty means none
 * @param timeSlicing how many pods share one card; empty means none do
 */
public record GpuSection(boolean operator, Driver driver, Optional<String> mig, Optional<Integer> timeSlicing) {
    /** Who installs the driver. */
    public enum Driver {
        OPERATOR,
        HOST
    }

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("gpu", GpuSection.class);

    public static GpuSection read(Fields fields) {
        boolean operator = fields.flag("operator");
        Driver driver = fields.choice("driver", Driver.class);
        if (!operator && fields.has("driver") && driver == Driver.OPERATOR) {
            fields.reject(
                    Code.CONFLICT,
                    "driver",
                    "the operator cannot install the driver when it is not installed itself",
                    "write operator: true, or driver: host");
        }
        return new GpuSection(
                operator,
                driver,
                fields.parsed("mig", Code.BAD_FORMAT, GpuSection::mig).filter(profile -> !profile.equals("none")),
                fields.integer("timeSlicing"));
    }

    private static String mig(String text) {
        if (!text.matches("none|all-(balanced|disabled|enabled|[1-9]g\\.[1-9][0-9]*gb(\\.me|\\+me)?)")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a MIG profile: write one such as all-1g.10gb," + " all-balanced, or none");
        }
        return text;
    }
}
