"""F8 and F9: which code a file was made from, and whether anybody can read that code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.context import Context, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

ABOUT = About(
    code="F8",
    title="Made from code that is not the public one",
    verdicts=(WARN,),
    stops="a file that its action has not written since its code or its inputs changed, or whose commit is on no"
    " published branch",
    mend="push the commit, run the action again, and request what it writes",
    source=f"{POLICY}, nothing runs that the public cannot see",
    needs="the commit of the job that wrote the file, and whether it is published and up to date",
)
ONE_COMMIT = About(
    code="F9",
    title="Files of several commits",
    verdicts=(WARN,),
    stops="a file from another commit than most files of its request, or from a folder with changes that were not"
    " committed",
    mend="run the actions again at one commit",
    source="platform specification; reproducibility of what is released",
    needs="the commit of the job that wrote each file",
)


def needs(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return known.published is None and known.out_of_date is None


def needs_commit(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return known.commit is None and known.dirty is None


def find(name: str, known: FileContext, context: Context, policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield F8 for a file that is out of date, or whose code is not published."""
    if known.out_of_date:
        yield _finding(ABOUT, name, "its action has not run since its code or its inputs changed")
    if known.published is False:
        yield _finding(ABOUT, name, "the commit it was made from is on no published branch")


def find_commits(
    name: str, known: FileContext, context: Context, policy: DisclosurePolicy
) -> Iterator[Finding]:
    """Yield F9 for a file of another commit than the others, or of code that was not committed."""
    if known.dirty:
        yield _finding(ONE_COMMIT, name, "the code it was made from was changed and not committed")
    commits = Counter(file.commit for file in context.files.values() if file.commit)
    if known.commit and commits:
        usual, files = commits.most_common(1)[0]
        if usual and known.commit != usual and files > commits[known.commit]:
            what = f"it was made from commit `{known.commit[:12]}`, the other files from `{usual[:12]}`"
            yield _finding(ONE_COMMIT, name, what)


def _finding(about: About, name: str, what: str) -> Finding:
    why = "who checks reads the code; it must be the code that wrote the numbers"
    return Finding(code=about.code, verdict=Verdict.WARN, what=what, why=why, fix=about.mend, table=name)
