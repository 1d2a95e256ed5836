# Sourced by ./kubewright and ./test: sets JAVA_HOME to a JDK of at least $1 or explains what is missing.
find_jdk() {
    wanted=$1
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
        major=0
        while IFS= read -r line; do
            case $line in JAVA_VERSION=*)
                major=${line#JAVA_VERSION=\"}
                major=${major%%[!0-9]*}
                ;;
            esac
        done <"$home/release"
        if [ "${major:-0}" -ge "$wanted" ]; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
    done
    echo "kubewright: no JDK $wanted or newer found (looked at JAVA_HOME, /usr/lib/jvm and the usual places)." >&2
    echo "Install one (Debian: apt-get install temurin-25-jdk or openjdk-25-jdk-headless) or set JAVA_HOME to it." >&2
    return 1
}
