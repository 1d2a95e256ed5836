package io.kubewright.engine;

/**
 * Something a lab host cannot do as a production host does. Takes effect only on hosts that prove to be the lab's.
 *
 * @param name stable word, one of the constants here
 * @param why what the host lacks
 */
public record Deviation(String name, String why) {
    /** cgroup v1: the kubelet is told not to fail on it, kubeadm to ignore SystemVerification, cgroupfs driver. */
    public static final String CGROUP_V1 = "cgroup-v1";

    /** No CAP_SYS_RESOURCE: oom scores stay 0 or are restricted, the kubelet runs as in a user namespace. */
    public static final String NO_SYS_RESOURCE = "no-sys-resource";

    /** The kernel loads no modules: what is built in counts, what is absent is left out. */
    public static final String NO_MODULES = "no-modules";

    /** Hosts share few processors: leaders of etcd and of the virtual IP are given longer before another is elected. */
    public static final String SHARED_PROCESSORS = "shared-processors";

    /** Kernel settings shared with the machine or read-only in a network namespace are left alone. */
    public static final String SHARED_KERNEL = "shared-kernel";
}
