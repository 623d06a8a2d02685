"""The paths of a hub's socket, and the check of its permissions."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List, Mapping, Optional, Tuple

LONGEST = 107


def is_off(environment: Mapping[str, str]) -> bool:
    """Whether telemetry is disabled: ``FUSEBOX_SOCKET`` is set and empty."""
    return environment.get("FUSEBOX_SOCKET") == ""


def candidates(environment: Mapping[str, str], path: Optional[str] = None) -> List[str]:
    """The socket paths to try, in order.

    :param path: if given, the only path; takes precedence over ``FUSEBOX_SOCKET``.
    """
    path = path or environment.get("FUSEBOX_SOCKET")
    if path:
        return [path[len("unix://"):] if path.startswith("unix://") else path]
    directories = [environment.get("FUSEBOX_SOCKET_DIR") or ""]
    if environment.get("XDG_RUNTIME_DIR"):
        directories.append(environment["XDG_RUNTIME_DIR"] + "/fusebox")
    uid = os.getuid()
    directories += [f"/run/user/{uid}/fusebox", f"/tmp/fusebox-{uid}", "/run/fusebox"]
    return [f"{place}/agent/fusebox.sock" for place in dict.fromkeys(directories) if place]


def is_trusted(socket: str) -> bool:
    """Whether only this user and root could have created the socket."""
    if len(os.fsencode(socket)) > LONGEST:
        return False
    return _are_trusted([(socket, stat.S_ISSOCK, 0o007)]) and is_trusted_folder(socket)


def is_trusted_folder(socket: str) -> bool:
    """Whether only this user and root could have created files beside the socket, which may not exist."""
    folder = os.path.dirname(socket)
    if os.path.basename(folder) != "agent":
        return True
    return _are_trusted([(folder, stat.S_ISDIR, 0o027), (os.path.dirname(folder), stat.S_ISDIR, 0o027)])


def _are_trusted(paths: List[Tuple[str, Callable[[int], bool], int]]) -> bool:
    for path, is_kind, too_open in paths:
        try:
            status = os.lstat(path)
        except OSError:
            return False
        if status.st_uid == 0 and is_kind is stat.S_ISDIR:
            too_open = 0o022
        if not is_kind(status.st_mode) or status.st_mode & too_open:
            return False
        if status.st_uid not in (os.getuid(), 0):
            return False
    return True
