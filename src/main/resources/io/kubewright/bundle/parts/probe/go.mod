module kubewright.io/probe

go 1.26.0

toolchain go1.26.7
