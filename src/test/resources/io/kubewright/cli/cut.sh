# Ends the sessions of sshd that serve the program that is held; others go on.
process=$(cat /run/held/reached)
cut=
while [ "$process" -gt 1 ]; do
    parent=$(sed -n 's/^PPid:\t//p' "/proc/$process/status")
    case $(cat "/proc/$process/comm") in
        # The one that listens is a child of init.
        sshd*) [ "$parent" = 1 ] || cut="$cut $process" ;;
    esac
    process=$parent
done
[ -n "$cut" ] || exit 1
# When one of a pair is gone the other ends by itself, perhaps before it is struck.
for each in $cut; do kill -9 "$each" 2>/dev/null || [ ! -e "/proc/$each" ]; done
