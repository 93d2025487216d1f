"""Code: fetched from an allowed repository, proved to be on the branch, laid out file by file.

Git is given no configuration, no hooks, no credentials, no submodules and only the protocols the policy allows.
Files are read from the object store, never by `git checkout` or `git archive`: filters and attributes of a
hostile repository have nothing to act on.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import derived_id, new_id
from armslength.kernel.jail import SEARCH_PATH
from armslength.pipeline.tree import MOST_BYTES as MOST_PIPELINE_BYTES

MOST_FILES = 20_000
MOST_BYTES = 512 << 20
MOST_FETCHED_BYTES = 4 << 30  # packed, with all history of a branch
SECONDS = 600
REFUSED_PARTS = frozenset({"", ".", "..", ".git"})
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)  # a branch or a tag is moved by whoever owns it
CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


class CannotFetch(Exception):
    """The repository did not answer. It may answer later; nothing is wrong with the request."""


@dataclass(frozen=True)
class TreeFile:
    """One file of a commit, as git lists it."""

    mode: str
    object: str
    path: str


@dataclass(frozen=True)
class Repositories:
    """The mirrors of repositories below one folder."""

    folder: Path
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def fetch(self, *, url: str, branch: str, commit: str) -> Path:
        """Fetch a branch and return its mirror, in which the commit is on the branch.

        Raises CannotFetch, or Mistake R030 (no such branch or commit) or R031 (not on the branch). That the
        commit exists proves nothing: hosts serve the commits of strangers' forks from the same address.
        """
        if not COMMIT.fullmatch(commit):
            raise Mistake("R030", f"`{_printable(commit)[:80]}` is not the whole name of a commit", where=url)
        mirror = self.folder / f"{derived_id(url)}.git"
        if not (mirror / "HEAD").exists():
            self._make_mirror(mirror)
        reference = f"refs/heads/{branch}"
        with self._one_at_a_time:
            if not self._is_on(mirror, commit, reference):
                self._fetch(mirror, url=url, reference=reference)
        known = _git(mirror, "cat-file", "-t", commit, allow=(128,))
        if known.stdout.strip() != b"commit":
            raise Mistake("R030", f"commit {commit[:10]} is not in the repository", where=f"{url} {branch}")
        if not self._is_on(mirror, commit, reference):
            hint = "push it to the branch, then request again"
            raise Mistake("R031", f"commit {commit[:10]} is not on branch `{branch}`", where=url, hint=hint)
        return mirror

    def _make_mirror(self, mirror: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{new_id()}.part"
        _git(self.folder, "init", "--quiet", "--bare", "--template=", str(unfinished))
        try:
            unfinished.rename(mirror)
        except OSError:
            if not (mirror / "HEAD").exists():
                raise

    def _is_on(self, mirror: Path, commit: str, reference: str) -> bool:
        arguments = ("merge-base", "--is-ancestor", commit, reference)
        return _git(mirror, *arguments, allow=(1, 128)).returncode == 0

    def _fetch(self, mirror: Path, *, url: str, reference: str) -> None:
        protocol = "file" if url.startswith("file:") else "https"
        options = ("--quiet", "--force", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        done = _git(
            mirror,
            "fetch",
            *options,
            "--",
            url,
            f"+{reference}:{reference}",
            protocol=protocol,
            allow=(1, 128),
            most_bytes=MOST_FETCHED_BYTES,
        )
        if done.returncode == 0:
            return
        said = done.stderr.decode(errors="replace")
        if _remove_what_is_too_large(mirror):
            raise _odd_tree(url, f"more than {MOST_FETCHED_BYTES >> 20} MiB of history")
        if "couldn't find remote ref" in said:
            branch = reference.removeprefix("refs/heads/")
            raise Mistake(
                "R030", f"there is no branch `{branch}`", where=url, hint="push it, then request again"
            )
        last = (said.strip().splitlines() or ["git said nothing"])[-1]
        raise CannotFetch(f"the repository cannot be fetched: {_printable(last)[:200]}")


def commit_of_tag(folder: Path, *, url: str, tag: str) -> str | None:
    """Return the commit that a tag of a repository names now, or None. Raises CannotFetch."""
    protocol = "file" if url.startswith("file:") else "https"
    references = (f"refs/tags/{tag}", f"refs/tags/{tag}^{{}}")
    folder.mkdir(parents=True, exist_ok=True)
    said = _git(folder, "ls-remote", "--quiet", "--", url, *references, protocol=protocol).stdout
    # A tag with a message is a thing of its own; the commit that it is about comes after it.
    found = [line.partition(b"\t")[0].decode("ascii", "replace") for line in said.splitlines()[:2]]
    return found[-1] if found and COMMIT.fullmatch(found[-1]) else None


def _remove_what_is_too_large(mirror: Path) -> bool:
    """Remove packs at which git was stopped because they grew too large; say whether there was one."""
    unfinished = mirror.glob("objects/pack/tmp_pack_*")
    found = [path for path in unfinished if path.stat().st_size >= MOST_FETCHED_BYTES]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


def read_file(mirror: Path, *, commit: str, path: str, most_bytes: int = MOST_PIPELINE_BYTES) -> bytes:
    """Return one file of a commit, or raise Mistake R032 when it is missing, no file or too large."""
    name = f"{commit}:{path}"
    described = _git(mirror, "cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=name.encode())
    kind, _, size = described.stdout.decode(errors="replace").strip().partition(" ")
    if kind != "blob" or not size.isdecimal():
        raise Mistake("R032", f"there is no `{path}` at commit {commit[:10]}", where=str(path))
    if int(size) > most_bytes:
        raise Mistake("R032", f"`{path}` is larger than {most_bytes:,} bytes", where=f"commit {commit[:10]}")
    return _git(mirror, "cat-file", "blob", name).stdout


def extract(mirror: Path, *, commit: str, folder: Path, read_only: bool = False) -> None:
    """Write the files of a commit into a new folder, which appears only when it is whole.

    With `read_only` nothing can be added to it, either, but by its owner, who would have to change that first.
    Submodules are left out. Raises Mistake R033 for a tree that could write outside of its folder or is too large.
    """
    if folder.exists():
        return
    listed = list(_listed(mirror, commit))
    unfinished = folder.with_name(f"{new_id()}.part")
    unfinished.mkdir(parents=True)
    try:
        links = [file for file in listed if file.mode == "120000"]
        plain = [file for file in listed if file.mode in ("100644", "100755", "100664")]
        _write_files(mirror, plain, unfinished)
        for file in links:
            target = _git(mirror, "cat-file", "blob", file.object).stdout
            _write_link(file, target, unfinished)
        unfinished.rename(folder)
        if read_only:
            for parent, _, _ in os.walk(folder):
                Path(parent).chmod(0o555)
    except OSError as error:
        if not folder.exists():
            raise Mistake(
                "R033", f"the code cannot be laid out: {error.strerror}", where=str(folder)
            ) from None
    finally:
        subprocess.run(["rm", "-rf", "--", str(unfinished)], check=False, capture_output=True)


def _listed(mirror: Path, commit: str) -> Iterator[TreeFile]:
    count = 0
    for line in _git(mirror, "ls-tree", "-r", "-z", "--full-tree", commit).stdout.split(b"\x00"):
        if not line:
            continue
        described, _, raw = line.partition(b"\t")
        mode, _, object_id = described.decode().split(" ")
        try:
            path = raw.decode()
        except UnicodeDecodeError:
            raise _odd_tree(commit, "a file name that is not UTF-8") from None
        if CONTROL.search(path) or any(part.lower() in REFUSED_PARTS for part in path.split("/")):
            raise _odd_tree(commit, f"the path `{_printable(path)[:100]}`")
        count += 1
        if count > MOST_FILES:
            raise _odd_tree(commit, f"more than {MOST_FILES:,} files")
        yield TreeFile(mode, object_id, path)


def _write_files(mirror: Path, listed: list[TreeFile], folder: Path) -> None:
    """Write regular files, read from one `cat-file --batch`."""
    left = MOST_BYTES
    with subprocess.Popen(
        _line(mirror, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("pipes were asked for")
        for file in listed:
            process.stdin.write(f"{file.object}\n".encode())
            process.stdin.flush()
            words = process.stdout.readline().split()
            left -= int(words[2]) if len(words) == 3 else MOST_BYTES + 1
            if left < 0:
                process.kill()
                raise _odd_tree(
                    file.path, f"files of more than {MOST_BYTES >> 20} MiB, or one that is missing"
                )
            content = process.stdout.read(int(words[2]))
            process.stdout.read(1)
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(path, flags, 0o555 if file.mode == "100755" else 0o444), "wb") as target:
                target.write(content)
        process.stdin.close()


def _write_link(file: TreeFile, raw: bytes, folder: Path) -> None:
    """Make a link that stays inside; written last, so that no file is ever written through one."""
    target = raw.decode(errors="replace")
    depth = len(PurePosixPath(file.path).parts) - 1
    for part in target.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            break
    if depth < 0 or target.startswith("/") or CONTROL.search(target) or not target:
        raise _odd_tree(file.path, f"a link that leads outside: `{_printable(file.path)[:100]}`")
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _odd_tree(where: str, what: str) -> Mistake:
    return Mistake("R033", f"the repository holds {what}", where=where, hint="remove it and commit again")


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _environment() -> dict[str, str]:
    return {
        "PATH": SEARCH_PATH,
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_SSH_COMMAND": "/bin/false",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _line(folder: Path, *arguments: str, protocol: str | None = None) -> list[str]:
    settings = ["core.hooksPath=/dev/null", "protocol.allow=never", "fetch.fsckObjects=true", "gc.auto=0"]
    settings += [
        "credential.helper=",
        "http.followRedirects=false",
        "safe.directory=*",
        "core.fsmonitor=false",
    ]
    # One pack, so that a limit on the size of a file is one on all that is fetched.
    settings += ["maintenance.auto=false", "advice.detachedHead=false", "fetch.unpackLimit=1"]
    if protocol:
        settings.append(f"protocol.{protocol}.allow=always")
    return ["git", *(word for setting in settings for word in ("-c", setting)), "-C", str(folder), *arguments]


def _git(
    folder: Path,
    *arguments: str,
    protocol: str | None = None,
    allow: tuple[int, ...] = (),
    stdin: bytes = b"",
    most_bytes: int = 0,
) -> subprocess.CompletedProcess[bytes]:
    """Run git; raise CannotFetch when it hangs or fails in a way the caller does not know."""
    bounded = ["prlimit", f"--fsize={most_bytes}"] if most_bytes else []
    try:
        done = subprocess.run(
            [*bounded, *_line(folder, *arguments, protocol=protocol)],
            input=stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise CannotFetch(f"git {arguments[0]} took longer than {SECONDS} seconds") from None
    except OSError as error:
        raise CannotFetch(f"git cannot be started: {error.strerror}") from None
    if done.returncode and done.returncode not in allow:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["git said nothing"])[-1]
        raise CannotFetch(f"git {arguments[0]} failed: {_printable(last)[:200]}")
    return done
