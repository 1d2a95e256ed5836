/** Kubernetes objects: server-side apply, dry-run diffs, waits, inventory. Sees engine and ssh. */
@NullMarked
package io.kubewright.kubeapi;

import org.jspecify.annotations.NullMarked;
