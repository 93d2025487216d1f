"""A package and a recipe so small that they are made on the spot and installed without a network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path


def write_wheel(folder: Path, *, version: str = "1.0") -> str:
    """Write a package with one module and return the SHA-256 of its wheel."""
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"tiny-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"tiny-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(text)}")
    files[f"tiny-{version}.dist-info/RECORD"] = (
        "\n".join([*lines, f"tiny-{version}.dist-info/RECORD,,"]) + "\n"
    )
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def write_lock(folder: Path, *, version: str = "1.0", sha256: str = "") -> None:
    """Lock the recipe to one wheel that lies beside it."""
    digest = sha256 or write_wheel(folder, version=version)
    lines = ["--no-index", f"--find-links {folder}", f"tiny=={version} --hash=sha256:{digest}"]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n")
