/** What is installed and where it comes from: catalogue, sources, OCI images, charts, lock. Sees engine. */
@NullMarked
package io.kubewright.bundle;

import org.jspecify.annotations.NullMarked;
