"""`codelists.txt`: one line for each codelist that a study takes from a service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from armslength.kernel.errors import Mistake, Mistakes

LISTING, MANIFEST, FOLDER, OWN_FOLDER = "codelists.txt", "codelists.json", "codelists", "local_codelists"
FORMS = "`organisation/codelist/version` or `user/name/codelist/version`"
PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
DOWNLOADS = ("download.csv", "codelist.csv")


@dataclass(frozen=True)
class Codelist:
    """One version of one codelist of a service."""

    owner: tuple[str, ...]  # an organisation, or `user` and a name
    name: str
    version: str

    @property
    def list_id(self) -> str:
        """Which list it is, whatever its version."""
        return "/".join((*self.owner, self.name))

    @property
    def id(self) -> str:
        """The line in `codelists.txt`.

        >>> Codelist(("opensafely",), "statins", "2020-04-20").id
        'opensafely/statins/2020-04-20'
        """
        return f"{self.list_id}/{self.version}"

    @property
    def file_name(self) -> str:
        """The file in the folder of codelists.

        >>> Codelist(("user", "ann"), "asthma", "1").file_name
        'user-ann-asthma.csv'
        """
        return "-".join((*self.owner, self.name)) + ".csv"

    def page(self, service: str) -> str:
        """The address of its page, as the manifest records it."""
        return f"{service.rstrip('/')}/codelist/{self.id}/"

    def download(self, service: str) -> str:
        """The address of its codes as CSV."""
        return self.page(service) + "download.csv"


@dataclass(frozen=True)
class Listed:
    """A codelist and the line of `codelists.txt` that names it, counted from 1."""

    codelist: Codelist
    line: int


def parse_codelist(text: str) -> Codelist | None:
    """Read one line; None when it has not the form of an id.

    >>> parse_codelist("user/ann/asthma/1a/").list_id
    'user/ann/asthma'
    """
    parts = text.strip().removesuffix("/").split("/")
    if len(parts) not in (3, 4) or not all(PART.fullmatch(part) for part in parts):
        return None
    if (len(parts) == 4) != (parts[0] == "user"):
        return None
    *owner, name, version = parts
    return Codelist(tuple(owner), name, version)


def parse_address(text: str, *, service: str) -> Codelist | None:
    """Read an id, or the address of a codelist's page or download; None when it is neither.

    >>> parse_address("https://lists.example/codelist/org/a/1/#full-list", service="https://lists.example").id
    'org/a/1'
    """
    if "://" not in text:
        return parse_codelist(text)
    address, known = urlsplit(text.strip()), urlsplit(service)
    start = known.path.rstrip("/") + "/codelist/"
    if address.netloc.lower() != known.netloc.lower() or not address.path.startswith(start):
        return None
    path = address.path.removeprefix(start).rstrip("/")
    for download in DOWNLOADS:
        path = path.removesuffix(f"/{download}")
    return parse_codelist(path)


def read_listing(text: str, *, name: str = f"{FOLDER}/{LISTING}") -> tuple[Listed, ...]:
    """Read `codelists.txt`. Raises Mistakes with every line that cannot be used: P060, P061, P062."""
    listed: list[Listed] = []
    problems: list[Mistake] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.lstrip("\ufeff").strip()
        if not words or words.startswith("#"):
            continue
        where = f"{name}:{number}"
        codelist = parse_codelist(words)
        if codelist is None:
            problems.append(Mistake("P060", f"`{words[:200]}` names no codelist", where, f"write {FORMS}"))
        elif (clash := _why_not_beside(codelist, listed, where)) is not None:
            problems.append(clash)
        else:
            listed.append(Listed(codelist, number))
    if problems:
        raise Mistakes(problems)
    return tuple(listed)


def _why_not_beside(codelist: Codelist, listed: list[Listed], where: str) -> Mistake | None:
    """The mistake of listing this one after those, or None."""
    for earlier in listed:
        if earlier.codelist == codelist:
            what = f"`{codelist.id}` is listed twice, first on line {earlier.line}"
            return Mistake("P061", what, where, "delete one of the two lines")
        if earlier.codelist.list_id == codelist.list_id:
            other = f"version {earlier.codelist.version} on line {earlier.line}"
            what = f"`{codelist.list_id}` is listed in two versions: {codelist.version} here and {other}"
            return Mistake("P061", what, where, "keep the version that the study means")
        # Compared without case: two files that differ only in case are one file on many disks.
        if earlier.codelist.file_name.lower() == codelist.file_name.lower():
            other = f"`{earlier.codelist.id}` on line {earlier.line}"
            what = f"`{codelist.id}` and {other} would both be written to `{codelist.file_name}`"
            hint = f"keep one here and download the other by hand into `{OWN_FOLDER}/` under another name"
            return Mistake("P062", what, where, hint)
    return None


def with_codelist(text: str, codelist: Codelist) -> str:
    """Return the text of `codelists.txt` with one more line; another version of the same list is replaced in place.

    >>> with_codelist("# ours\\norg/a/1\\n", Codelist(("org",), "a", "2"))
    '# ours\\norg/a/2\\n'
    """
    lines = text.splitlines()
    for index, line in enumerate(lines):
        listed = parse_codelist(line)
        if listed is not None and listed.list_id == codelist.list_id:
            lines[index] = codelist.id
            break
    else:
        lines.append(codelist.id)
    return "\n".join(lines) + "\n"
