/** Terminal view, JSON and HTML renderers of plans, events and proofs. Sees engine. */
@NullMarked
package io.kubewright.report;

import org.jspecify.annotations.NullMarked;
