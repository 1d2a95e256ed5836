/** Prepared hosts: swap, modules, sysctl, time, packages, firewall, files, services. Sees the ground. */
@NullMarked
package io.kubewright.host;

import org.jspecify.annotations.NullMarked;
