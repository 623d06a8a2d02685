"""Runs an unchanged script or module as an agent of fusebox."""

from __future__ import annotations

import os
import runpy
import sys

from . import install

USAGE = "usage: python -m fusebox_agent (SCRIPT | -m MODULE) [ARGUMENT...]"


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["-m"]:
        print(f"{USAGE}\n\n{__doc__}", file=sys.stderr)
        sys.exit(0 if arguments[:1] in (["-h"], ["--help"]) else 64)
    if arguments[0] == "-m":
        module, sys.argv = arguments[1], arguments[1:]
        install(os.environ.get("FUSEBOX_AGENT") or module)
        sys.path[0] = os.getcwd()
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    elif not os.path.exists(arguments[0]):
        print(f"fusebox_agent: {arguments[0]}: no such file", file=sys.stderr)
        sys.exit(2)
    else:
        sys.argv = arguments
        install()
        sys.path[0] = os.path.dirname(os.path.realpath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


main()
