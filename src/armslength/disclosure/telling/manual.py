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
        "<!-- Printed from the checks by `armslength check-outputs --manual`; change them, not this page. -->",
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
        if group:
            lines += ["", f"## {letter}. {title}"]
            for about in group:
                lines += ["", *_entry(about)]
    return "\n".join(lines) + "\n"


def _entry(about: About) -> list[str]:
    lines = [
        f"### {about.code} {about.title}",
        "",
        f"*{' or '.join(verdict.value for verdict in about.verdicts)}.* Finds {about.stops}.",
        "",
        f"Mend: {about.mend}.",
    ]
    if about.needs:
        lines += ["", f"Only with evidence from the data: {about.needs}."]
    return [*lines, "", f"Source: {about.source}."]


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
