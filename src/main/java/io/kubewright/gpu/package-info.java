/** NVIDIA GPU nodes. Sees the ground. */
@NullMarked
package io.kubewright.gpu;

import org.jspecify.annotations.NullMarked;
