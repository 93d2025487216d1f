"""The manual of the checks and of the policy, printed from the checks and the policy themselves."""

from __future__ import annotations

from armslength.disclosure.catalogue import every_about
from armslength.disclosure.checks import About
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy, shipped_text

_GROUPS = {
    "A": "Identity and patient level",
    "B": "Small numbers",
    "C": "Rounding and consistency",
    "D": "What can be derived within the files",
    "E": "What can be derived with earlier releases",
    "F": "Description and completeness",
    "G": "Figures and pages",
    "H": "Models",
}


def checks_page(policy: DisclosurePolicy) -> str:
    """The page `docs/reference/disclosure-checks.md`."""
    schemes = ", ".join(scheme.name for scheme in policy.schemes)
    lines = [
        "# Disclosure checks",
        "",
        _MADE,
        "",
        "`armslength check-outputs PATH…` on a laptop, and the panel beside each file in the airlock, run the same"
        f" checks under the same policy (version `{policy.version}`: counts up to {policy.threshold} are hidden;"
        f" permitted rounding: {schemes}). They order and point; people decide. **block** may not be submitted without"
        " an answer, **warn** asks the author, **info** is worth knowing. What cannot be read is **not checked**, which"
        " is never shown as passed.",
        "",
        "A verdict is `block` only on evidence: a column counts people when its name says so, when its cells read"
        " `12 (4.5%)`, when some of its whole numbers are hidden, or when row by row it is a part of a count. Whole"
        " numbers that nothing explains are *perhaps* a count and are asked about. Row numbers, codes of clinical"
        " dictionaries, doses, quintiles, years and months are no counts.",
        "",
        "What is read: delimited text in any usual encoding, delimiter and number of header rows; HTML with hidden"
        " rows, comments, the data of widgets and `data:` addresses; JSON however nested; Markdown; tables in logs and"
        " printouts; the texts, marks and lines of SVG. Pictures of pixels are not read.",
    ]
    for letter, title in _GROUPS.items():
        group = [about for about in every_about() if about.code.startswith(letter)]
        lines += ["", f"## {letter}. {title}", "", "| check | | finds |", "|---|---|---|"]
        lines += [
            f"| [{about.code} {about.title}](checks/{about.code}.md) | {_verdicts(about)} | {about.stops} |"
            for about in group
        ]
    return "\n".join(lines) + "\n" + _CONTEXT


def check_pages() -> dict[str, str]:
    """The pages of `docs/reference/checks/`, one per check, by their file names."""
    return {f"{about.code}.md": _page(about) for about in every_about()}


def _verdicts(about: About) -> str:
    return " or ".join(verdict.value for verdict in about.verdicts)


def _page(about: About) -> str:
    group = _GROUPS[about.code[0]]
    lines = [
        f"# {about.code}. {about.title}",
        "",
        _MADE,
        "",
        f"*{_verdicts(about)}* · [{about.code[0]}. {group}](../disclosure-checks.md)",
        "",
        "## What it finds",
        "",
        f"{about.stops[0].upper()}{about.stops[1:]}.",
        "",
        "## What to do",
        "",
        f"{about.mend[0].upper()}{about.mend[1:]}.",
    ]
    if about.needs:
        told = "Without it the report says *not checked*, which is never the same as passed."
        lines += ["", "## What it needs", "", f"{about.needs[0].upper()}{about.needs[1:]}. {told}"]
    return "\n".join([*lines, "", "## Where the rule comes from", "", f"{about.source}."]) + "\n"


_MADE = "<!-- Printed from the checks by `armslength check-outputs --manual`; change them, not this page. -->"
_CONTEXT = """
## What a file alone does not tell

`armslength check-outputs PATH… --context FILE` reads what else is known, as JSON. Every entry may be left out; a check
that needs it is then *not checked*. Paths of files are matched from their end. `observations`, `parameters`,
`smallest_group` and `contributions` come from the data and stay with it: findings repeat none of them.

```json
{
  "request": {
    "context": "Statin use by region among 905,000 registered adults; regional means are not people",
    "controls": "Counts of 7 or fewer are redacted, the others rounded to 5; see analysis/tables.py lines 40 to 60",
    "population": "adults registered on 1 March 2024",
    "earlier_outputs": "replaces table1.csv of release 3: one region was added"
  },
  "overlaps": ["output/table1.csv"],
  "files": {
    "output/table1.csv": {
      "action": "tables", "commit": "5f0c2d1", "published": true, "dirty": false, "out_of_date": false,
      "script": "from armslength.disclosure.study import round_counts ...",
      "observations": 905000, "parameters": 12, "smallest_group": 240,
      "contributions": [{"line": 2, "column": "cost", "total": 81000, "largest": 900, "second": 850}]
    }
  }
}
```
"""


def policy_page() -> str:
    """The page `docs/reference/disclosure-policy.md`."""
    return (
        "\n".join(
            [
                "# Disclosure policy",
                "",
                "<!-- Printed by `armslength check-outputs --manual`; change the policy, not this page. -->",
                "",
                "The policy is data. This is the one that comes with the package:",
                "",
                "```toml",
                shipped_text().rstrip(),
                "```",
                "",
                "## A policy of your own",
                "",
                "`armslength check-outputs --policy FILE` reads another policy, or one that changes this one: it names",
                "the version it changes, so that it is looked at again when that version changes. An override carries",
                "its reason, who approved it and the day on which it ends by itself:",
                "",
                "```toml",
                f'base = "{DEFAULT.version}"',
                'project = "statins-and-stroke"',
                "",
                "[severity]",
                'B4 = "info"              # off, info, warn or block',
                "",
                "[[override]]",
                'check = "C1"',
                'severity = "warn"',
                'files = "weekly_*.csv"',
                'reason = "Weekly counts of whole regions; approved for release unrounded"',
                'approved_by = "Output checking lead"',
                "expires = 2027-01-31",
                "```",
            ]
        )
        + "\n"
    )
