/** picocli commands: arguments in, calls, exit code out; no decisions. Sees every room. */
@NullMarked
package io.kubewright.cli;

import org.jspecify.annotations.NullMarked;
