"""All of a host that undo must bring back, a line each: files with type, mode, owner, size, time, attributes (access
control lists are such) and content; packages, kernel parameters, modules, swap, units."""

import hashlib
import os
import stat
import subprocess


def run(*words):
    return subprocess.run(words, capture_output=True, text=True).stdout


def file(path):
    status = os.lstat(path)
    kind = stat.S_IFMT(status.st_mode)
    attributes = [
        name + "=" + os.getxattr(path, name, follow_symlinks=False).hex()
        for name in sorted(os.listxattr(path, follow_symlinks=False))
    ]
    content = "-"
    if stat.S_ISREG(kind):
        with open(path, "rb") as opened:
            content = hashlib.sha256(opened.read()).hexdigest()
    elif stat.S_ISLNK(kind):
        content = os.readlink(path)
    size = 0 if stat.S_ISDIR(kind) else status.st_size
    owner = f"{status.st_uid}:{status.st_gid}"
    print(f"file {path} {status.st_mode:o} {owner} {size} {status.st_mtime_ns} {','.join(attributes) or '-'} {content}")


for root in ["/etc", "/usr/local", "/opt", "/var/lib"]:
    file(root)
    for above, directories, files in os.walk(root):
        for name in sorted(directories + files):
            file(os.path.join(above, name))
for line in run("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Abbrev}\n").splitlines():
    print("package", line)
for line in run("sysctl", "-a").splitlines():
    print("parameter", " ".join(line.split()))
for line in open("/proc/modules"):
    print("module", line.split()[0])
for line in list(open("/proc/swaps"))[1:]:
    path, kind, size, _, priority = line.split()
    print("swap", path, kind, size, priority)
for line in run("systemctl", "list-unit-files", "--no-legend", "--no-pager").splitlines():
    print("unit", *line.split())
for line in run("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager").splitlines():
    words = line.split()
    print("state", *words[:4])
