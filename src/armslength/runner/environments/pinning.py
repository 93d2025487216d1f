"""Pinning: from the tag of a reusable action to the commit it names today, written down for this user."""

from __future__ import annotations

from pathlib import Path

from armslength.kernel import files
from armslength.kernel.errors import Mistake
from armslength.policy.actions import NAME, ActionHome, read_homes_file
from armslength.policy.repositories import parse_repository
from armslength.runner.checkout import CannotFetch, commit_of_tag
from armslength.runner.environments.reusable import Homes, fetch_or_say, is_reusable, read_command

USUAL_OWNER = "https://github.com/opensafely-actions"


def pin(name: str, *, repository: str, branch: str, path: Path, cache: Path) -> ActionHome:
    """Find the commit of an action's tag, fetch and try its code, and write it down. Returns what was written.

    Raises Mistake R015 without a network, R016 for a name, an address or a file that cannot be used, and R030 to R033
    when the commit never reached the branch or cannot be laid out. Nothing is written then.
    """
    if not NAME.fullmatch(name) or not is_reusable(name):
        raise Mistake(
            "R016", f"`{name[:100]}` is not the name of a reusable action", hint="such as `matching:v1.2`"
        )
    image, _, version = name.partition(":")
    url = repository or f"{USUAL_OWNER}/{image}"
    if parse_repository(url) is None:
        hint = "https://host/owner/name or file:///folder"
        raise Mistake("R016", "this is not an address that code is fetched from", where=url[:200], hint=hint)
    known = read_homes_file(path) if path.exists() else {}
    home = ActionHome(repository=url, commit=_commit(name, url, version, cache), branch=branch)
    if known.get(name, home) != home:
        what = f"`{name}` is pinned already, and its tag names another commit now: {home.commit}"
        raise Mistake(
            "R016", what, where=str(path), hint="find out why it was moved before you change the file"
        )
    homes = Homes({name: home}, cache)
    fetch_or_say([name], homes)
    if (code := homes.code_of(name)) is not None:
        read_command(name, code)
    if name not in known:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        files.write_text(path, f"{before.rstrip()}\n\n{written(name, home)}".lstrip())
    return home


def written(name: str, home: ActionHome) -> str:
    """Return the lines that pin an action, the same in a user's file and in the policy of a data centre."""
    lines = [f'[actions."{name}"]', f'repository = "{home.repository}"', f'commit = "{home.commit}"']
    return "\n".join([*lines, f'branch = "{home.branch}"']) + "\n"


def _commit(name: str, url: str, version: str, cache: Path) -> str:
    try:
        commit = commit_of_tag(cache, url=url, tag=version)
    except CannotFetch as error:
        hint = "look at the address, and at the network; --repository names another address"
        raise Mistake(
            "R015", f"the tag of `{name}` cannot be asked for: {error}", where=url, hint=hint
        ) from None
    if commit is None:
        raise Mistake(
            "R016", f"the repository has no tag `{version}`", where=url, hint="name one of its tags"
        )
    return commit
