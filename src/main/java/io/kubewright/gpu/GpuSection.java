package io.kubewright.gpu;

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
}
