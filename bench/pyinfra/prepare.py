# The host layer as far as pyinfra says it without operations of one's own. Data comes from bench/host-layer.
from pyinfra import host
from pyinfra.facts.deb import DebPackages
from pyinfra.facts.files import FindLinks
from pyinfra.operations import files, server, systemd

if set(host.data.packages) - set(host.get_fact(DebPackages)):
    files.put(name="files of packages", src=host.data.archive, dest="/var/tmp/bench-packages.tar")
    server.shell(
        name="packages",
        commands=[
            "tar -xf /var/tmp/bench-packages.tar -C /var/tmp && DEBIAN_FRONTEND=noninteractive"
            " apt-get -q -y --no-install-recommends"
            " -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -o DPkg::Lock::Timeout=600"
            " -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0"
            " -o APT::Sandbox::User=root install /var/tmp/bench-packages/*.deb"
            " && rm -rf /var/tmp/bench-packages /var/tmp/bench-packages.tar"
        ],
    )
files.put(name="modules at boot", src=host.data.modules, dest="/etc/modules-load.d/kubewright.conf", mode="644")
parameters = files.put(
    name="kernel parameters at boot", src=host.data.sysctl, dest="/etc/sysctl.d/99-zz-kubewright.conf", mode="644"
)
server.shell(
    name="kernel parameters now",
    commands=["sysctl -q -p /etc/sysctl.d/99-zz-kubewright.conf"],
    _if=parameters.did_change,
)
files.replace(
    name="swap in fstab", path="/etc/fstab", text=r"^([^# \t][^ \t]*[ \t]+[^ \t]+[ \t]+swap([ \t].*)?)$", replace=r"# \1"
)
starters = {"zramswap.service", "dphys-swapfile.service", "swapspace.service"}
for link in host.get_fact(FindLinks, path="/etc/systemd/system"):
    name = link.rsplit("/", 1)[-1]
    if name in starters or name.endswith(".swap"):
        files.link(name=f"starts swap no more: {name}", path=link, present=False)
mask = files.link(name="no swap target", path="/etc/systemd/system/swap.target", target="/dev/null")
systemd.daemon_reload(name="systemd knows", _if=mask.did_change)
