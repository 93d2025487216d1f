"""Read a study's repository with git: the branch head, its subject and its project.yaml. Nothing of it is run."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from armslength.kernel.errors import Mistake
from armslength.pipeline.reading import FILE_NAME

LARGEST_PIPELINE = 1_000_000  # bytes
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Head:
    """What a branch points to just now."""

    commit: str
    subject: str
    pipeline: str


def why_not_repository(address: str) -> str | None:
    """Return None, or why this site reads nothing from such an address."""
    parts = urlsplit(address)
    if any(character.isspace() or ord(character) < 32 for character in address):
        return "An address has no spaces"
    if settings.ALLOW_LOCAL_REPOSITORIES and (parts.scheme == "file" or address.startswith("/")):
        return (
            None
            if Path(parts.path or address).is_absolute()
            else "A local repository is named by its whole path"
        )
    if parts.scheme != "https":
        return "A repository is named by an https:// address"
    if parts.username or parts.password or parts.query or parts.fragment or parts.port:
        return "The address must hold no user name, password, port or question mark"
    if parts.hostname not in settings.REPOSITORY_HOSTS:
        return f"Repositories are read from {', '.join(settings.REPOSITORY_HOSTS)} only"
    return None


def _environment(home: str) -> dict[str, str]:
    # Nothing of ours: no credentials, no configuration, no hooks, no prompt, and no protocol we did not choose.
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": "https:file" if settings.ALLOW_LOCAL_REPOSITORIES else "https",
        "GIT_NO_LAZY_FETCH": "1",
    }


def _git(folder: str, *arguments: str, where: str) -> bytes:
    command = [
        "git", "-c", "core.hooksPath=/dev/null", "-c", "credential.helper=", "-c", "http.followRedirects=false",
        "-c", "safe.directory=*", "-c", "protocol.version=2", *arguments,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=settings.GIT_TIMEOUT_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise Mistake(
            "S030", "the repository did not answer in time", where=where, hint="try again in a few minutes"
        ) from None
    except subprocess.CalledProcessError as error:
        detail = error.stderr.decode(errors="replace").strip().splitlines()
        raise Mistake(
            "S031",
            f"the repository cannot be read: {detail[-1][:300] if detail else 'git failed'}",
            where=where,
            hint="check that the repository is public and that the branch exists",
        ) from None
    except OSError as error:
        raise Mistake("S032", f"git cannot be started: {error.strerror}", where="this server") from None
    return done.stdout


def read_head(repository: str, *, branch: str) -> Head:
    """Return the head of a branch and the project.yaml there. Mistakes S030 to S035 say what is wrong."""
    where = f"{repository}, branch {branch}"
    if reason := why_not_repository(repository):
        raise Mistake("S033", reason, where=repository)
    with tempfile.TemporaryDirectory(prefix="armslength-git-") as folder:
        _git(folder, "init", "--quiet", "--bare", where=where)
        _git(
            folder, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--filter=blob:limit=1m",
            "--", repository, f"+refs/heads/{branch}:refs/heads/head", where=where,
        )  # fmt: skip
        described = _git(folder, "show", "--no-patch", "--format=%H%n%s", "refs/heads/head", where=where)
        commit, _, subject = described.decode(errors="replace").strip().partition("\n")
        if not COMMIT.fullmatch(commit):
            raise Mistake("S034", "git gave no commit for the branch", where=where)
        return Head(commit, subject[:300], _pipeline(folder, where=f"{where}, {FILE_NAME}"))


def _pipeline(folder: str, *, where: str) -> str:
    listed = _git(folder, "ls-tree", "-l", "refs/heads/head", "--", FILE_NAME, where=where).decode().split()
    if len(listed) < 5 or listed[1] != "blob" or listed[0] == "120000":
        raise Mistake(
            "S035",
            f"there is no file {FILE_NAME} at the top of the repository",
            where=where,
            hint="it lists the actions of a study; see the manual for researchers",
        )
    if not listed[3].isdigit() or int(listed[3]) > LARGEST_PIPELINE:
        raise Mistake("S035", f"{FILE_NAME} is larger than {LARGEST_PIPELINE} bytes", where=where)
    content = _git(folder, "cat-file", "blob", listed[2], where=where)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Mistake("S035", f"{FILE_NAME} is not text in UTF-8", where=where) from None


def commit_address(repository: str, commit: str) -> str:
    """Return where a person can read the code of a commit; empty for a repository on this machine."""
    if not repository.startswith("https://"):
        return ""
    return f"{repository.removesuffix('.git').rstrip('/')}/tree/{commit}"
