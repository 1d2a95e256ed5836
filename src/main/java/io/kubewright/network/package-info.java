/** Calico; Multus, Whereabouts, attachments. Sees the ground. */
@NullMarked
package io.kubewright.network;

import org.jspecify.annotations.NullMarked;
