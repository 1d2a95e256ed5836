/** The way in: an ingress controller and its address. Sees the ground. */
@NullMarked
package io.kubewright.ingress;

import org.jspecify.annotations.NullMarked;
