"""`ehrql isolation-report`: what a definition can do in a plain child process and in its jail, tried for real."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from armslength.kernel import bubblewrap

SECONDS = 30
# Each line answers for one operation. `{secret}` is a variable of this process, `{outside}` a file beside the study.
PROBE = """
import json, os, socket, subprocess
def attempt(action):
    try:
        return "ALLOWED" if action() is not False else "BLOCKED"
    except OSError:
        return "BLOCKED"
def connect():
    socket.create_connection(("127.0.0.1", int(os.sys.argv[2])), timeout=2).close()
def read_environment():
    return b"ARMSLENGTH_PROBE" in open(f"/proc/{os.sys.argv[1]}/environ", "rb").read()
print(json.dumps({
    "touch": attempt(lambda: open("touched", "w").close()),
    "open_socket": attempt(connect),
    "exec": attempt(lambda: subprocess.run(["/bin/true"]).returncode == 0),
    "read_other_folder": attempt(lambda: bool(open("../outside").read())),
    "read_env_vars": attempt(read_environment),
}))
"""
# What the process of a definition does to itself before it runs it.
AS_DEFINITIONS_START = "from armslength.kernel.seccomp import refuse_programs; refuse_programs()\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> int:
    """Try each operation both ways and print what happened as JSON."""
    import socket

    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        study = Path(folder) / "study"
        study.mkdir()
        (study.parent / "outside").write_text("x")
        # A process of ours with a variable, for the probe to spy on.
        environment = {"PATH": os.defpath, "ARMSLENGTH_PROBE": "x"}
        with subprocess.Popen(["sleep", str(2 * SECONDS)], env=environment) as victim:
            try:
                named = [str(victim.pid), str(server.getsockname()[1])]
                report = {
                    "subprocess": _plainly([sys.executable, "-I", "-c", PROBE, *named], study),
                    "sandbox": _jailed(
                        [sys.executable, "-P", "-c", AS_DEFINITIONS_START + PROBE, *named], study
                    ),
                }
            finally:
                victim.kill()
    print(json.dumps(report, indent=2))
    return 0


def _plainly(argv: list[str], study: Path) -> object:
    tried = subprocess.run(argv, cwd=study, capture_output=True, timeout=SECONDS, check=True)
    return json.loads(tried.stdout)


def _jailed(argv: list[str], study: Path) -> object:
    from armslength.query.loading.isolation import LoadLimits, jail_for

    reason = bubblewrap.why_not_usable()
    if reason is not None:
        return {"unavailable": reason}
    jail = jail_for((study,), study=study, hidden=(), limits=LoadLimits())
    found = bubblewrap.run(jail, argv, seconds=SECONDS)
    return json.loads(found.stdout)
