# The hosts of the standing lab, from what bench/host-layer wrote.
import json
import os

with open(os.environ["BENCH_DATA"]) as file:
    bench = json.load(file)

hosts = (
    list(bench["addresses"].values()),
    {
        "ssh_user": bench["user"],
        "ssh_key": bench["key"],
        "ssh_known_hosts_file": bench["known_hosts"],
        **{name: bench[name] for name in ("packages", "archive", "modules", "sysctl")},
    },
)
