"""F6, F7: what kind of file may leave, and how large it may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from armslength.disclosure.checks import BLOCK, POLICY, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

ABOUT = About(
    code="F6",
    title="A kind or size of file that may not leave",
    verdicts=(BLOCK, WARN),
    stops="a file whose type is not on the policy's list, or that is larger than the policy lets leave; logs are asked"
    " about (F7), for they are released only exceptionally",
    mend="save tables as CSV and figures as SVG or PNG; cut a log to the lines that matter",
    source=f"{POLICY}, allowed types and sizes",
)


def find(name: str, size: int, policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding about a file's type, its size, and its being a log."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in policy.allowed_types:
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.BLOCK,
            what=f"a `{suffix}` file may not leave" if suffix else "a file without a suffix may not leave",
            why="what cannot be read cannot be checked",
            fix=f"save it as one of {', '.join(policy.allowed_types)}",
            table=name,
            value=suffix,
        )
    if size > policy.maximum_bytes:
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.BLOCK,
            what=f"the file is larger than {policy.maximum_bytes / 2**20:.0f} MiB",
            why="so much cannot be looked at by people",
            fix="group further, or split what is really needed into files of its own",
            table=name,
        )
    if suffix == ".log":
        yield Finding(
            code="F7",
            verdict=Verdict.WARN,
            what="a log is released only exceptionally",
            why="a log may print anything, and nobody reads all of it",
            fix="cut it to the lines that matter, with every count hidden",
            table=name,
        )
