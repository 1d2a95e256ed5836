/** containerd, kubeadm, endpoint, nodes, certificates, etcd. Sees the ground. */
@NullMarked
package io.kubewright.kube;

import org.jspecify.annotations.NullMarked;
