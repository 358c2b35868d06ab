"""Where a folder lies: SQLite's locks cannot be relied on across a network, so a ledger there is refused."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline import layout
from pipeline.errors import StorageFailed

_MOUNTS = Path("/proc/mounts")
# Kinds of file systems that another machine serves, as the kernel calls them.
_NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "ceph", "coda", "lustre",
                      "gpfs", "davfs"))
# With fuse. before the name; unknown ones pass, for many are local.
_OVER_FUSE = frozenset(("sshfs", "smbnetfs", "davfs2", "glusterfs", "rclone", "s3fs", "gcsfuse", "curlftpfs",
                        "ceph", "juicefs"))
_ESCAPED = re.compile(r"\\([0-7]{3})")


def refuse_share(folder: Path, mounts: str | None = None) -> None:
    """StorageFailed if `folder` lies on a network share; `mounts` is what /proc/mounts says."""
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text("utf-8", errors="surrogateescape")
        except OSError:
            return
    kind = kind_of(folder, mounts)
    family, _, over = kind.partition(".")
    if kind in _NETWORK or (family == "fuse" and over in _OVER_FUSE):
        raise StorageFailed(f"台账所在的 {layout.STATE} 文件夹在网络共享盘上（{kind}），多人使用时台账会损坏，没有继续运行。"
                            "请把工作目录移到本机磁盘（收件夹可以在共享盘上），或在 consortium.toml 中改用 PostgreSQL 数据库。")


def kind_of(folder: Path, mounts: str) -> str:
    """The kind of the file system that holds `folder`: of the longest mount point above it, the last one mounted."""
    path = os.path.realpath(folder)
    kind, longest = "", -1
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), parts[1])
        above = path == point or path.startswith(point.rstrip("/") + "/")
        if above and len(point) >= longest:
            kind, longest = parts[2], len(point)
    return kind
