/** Puts a cluster together from its file: which resources and proofs, in what order. Sees the capabilities and the ground. */
@NullMarked
package io.kubewright.cluster;

import org.jspecify.annotations.NullMarked;
