"""Places where a server runs out of space, and later gets some."""

import os
import resource
import subprocess
from pathlib import Path

SMALL = 3 << 20


class MountNotPermitted(Exception):
    """The machine does not let this process mount anything."""


class SmallMount:
    """A file system of its own in memory."""

    def __init__(self, directory: Path, size: int = SMALL):
        self.directory = directory
        self._mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs")

    def shrink(self, server) -> None:
        """It is small from the beginning."""

    def grow(self, server) -> None:
        self._mount("-o", "remount,size=64m")

    def make_read_only(self) -> None:
        self._mount("-o", "remount,ro")

    def remove(self) -> None:
        """Takes it away, at once or when the last server that a failed test left on it ends."""
        subprocess.run(["umount", "--lazy", str(self.directory)], check=True)

    def _mount(self, *arguments: str) -> None:
        try:
            result = subprocess.run(["mount", *arguments, str(self.directory)], capture_output=True, text=True)
        except FileNotFoundError as error:
            raise MountNotPermitted from error
        if result.returncode != 0:
            raise MountNotPermitted(result.stderr)


class FileSizeLimit:
    """A directory in which one process cannot make files larger."""

    def __init__(self, directory: Path):
        self.directory = directory

    def shrink(self, server) -> None:
        self._limit(server, SMALL)

    def grow(self, server) -> None:
        self._limit(server, resource.RLIM_INFINITY)

    def remove(self) -> None:
        """Nothing was made."""

    def _limit(self, server, size: int) -> None:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def small_disk(kind: str, directory: Path) -> SmallMount | FileSizeLimit:
    """A small mount, or a limit on file sizes if that is asked for or mounting is not permitted."""
    directory.mkdir()
    if kind == "mount":
        try:
            return SmallMount(directory)
        except MountNotPermitted as refusal:
            print(f"no mount: {refusal}")
    return FileSizeLimit(directory)


def make_unwritable(directory: Path) -> SmallMount | None:
    """Makes a directory in which this user cannot create files; answers the mount, if it took one, to be removed."""
    directory.mkdir()
    if os.geteuid() != 0:
        directory.chmod(0o555)
        return None
    mount = SmallMount(directory)
    mount.make_read_only()
    return mount
