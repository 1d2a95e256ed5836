# Encryption of Secrets in etcd. The key is made here, of the kernel's random source, and never leaves root's files and pipes.
encryption=/etc/kubernetes/kubewright/encryption.yaml

# encryption written|readable: the configuration around the key that is there. "readable" still writes plain text, and is for
# the time in which not every API server knows the key.
encryption() {
    if [ ! -s "$encryption" ]; then
        echo "$encryption is gone, and without it this API server cannot read Secrets: copy it from another control plane" >&2
        return 1
    fi
    sed -n 's/^ *secret: //p' "$encryption" | encryption_of "$1"
}

# new_encryption written|readable: with a new key, unless there is one.
new_encryption() {
    if [ -s "$encryption" ]; then return 0; fi
    head -c 32 /dev/urandom | base64 | encryption_of "$1"
}

# encryption_of written|readable <key
encryption_of() {
    mkdir -p "$(dirname "$encryption")"
    chmod 700 "$(dirname "$encryption")"
    (
        umask 077
        {
            echo 'apiVersion: apiserver.config.k8s.io/v1'
            echo 'kind: EncryptionConfiguration'
            echo 'resources:'
            echo '  - resources: [secrets]'
            echo '    providers:'
            if [ "$1" = readable ]; then echo '      - identity: {}'; fi
            echo '      - secretbox:'
            echo '          keys:'
            echo '            - name: key-1'
            printf '              secret: '
            cat
            if [ "$1" = written ]; then echo '      - identity: {}'; fi
        } >"$encryption.new"
        sync "$encryption.new" 2>/dev/null || :
        mv -f "$encryption.new" "$encryption"
    )
}
