"""A small secure environment for the airlock's tests: level 4 files, people, a server made of real parts.

This folder runs as its own pytest process, because a process can hold only one Django site.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SETTINGS = "armslength.airlock.settings"
HERE_ALONE = os.environ.get("DJANGO_SETTINGS_MODULE", SETTINGS) == SETTINGS
if HERE_ALONE:
    ROOT = Path(tempfile.mkdtemp(prefix="airlock-tests-"))
    for name in ("level4", "folder"):
        (ROOT / name).mkdir()
    (ROOT / "folder" / "static").mkdir()  # whitenoise warns when it is missing, and warnings are errors here
    (ROOT / "token").write_text("backend-token\n")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "ARMSLENGTH_AIRLOCK_LEVEL4": str(ROOT / "level4"),
        "ARMSLENGTH_AIRLOCK_FOLDER": str(ROOT / "folder"),
        "ARMSLENGTH_AIRLOCK_SERVER": "http://127.0.0.1:9",
        "ARMSLENGTH_AIRLOCK_BACKEND": "county-store",
        "ARMSLENGTH_AIRLOCK_TOKEN_FILE": str(ROOT / "token"),
        "ARMSLENGTH_AIRLOCK_LEDGER_KEY": "ab" * 32,
        "ARMSLENGTH_AIRLOCK_SECRET_KEY": "only for tests, only for tests, only for tests",
        "ARMSLENGTH_AIRLOCK_HOSTS": "testserver,localhost,127.0.0.1",
        "ARMSLENGTH_AIRLOCK_HTTPS": "off",
    }
    import django

    django.setup()
    pytest_plugins = ["airlock_world"]
else:
    collect_ignore_glob = ["test_*.py"]
