echo "== latency"
# The file system that etcd writes to, reached through our own directory where that is on the same one.
directory=/var/lib/etcd
while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done
if [ "$(stat -c %d "$directory")" = "$(stat -c %d "$work")" ]; then directory=$work; fi
"$probe" fsync -directory "$directory" -deadline 20s
