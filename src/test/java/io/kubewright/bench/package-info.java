/** What the benchmarks of {@code bench/} run beside Kubewright. No test is here. */
@NullMarked
package io.kubewright.bench;

import org.jspecify.annotations.NullMarked;
