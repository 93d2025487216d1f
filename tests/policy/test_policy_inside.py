"""The policy file that the runner holds to, and everything somebody might try to get around it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake, Mistakes
from armslength.policy import DataPermission, InsidePolicy, read_policy, why_not_environment, why_not_run
from armslength.policy.actions import ActionHome, read_homes_file
from armslength.policy.page import EXAMPLE
from armslength.policy.repositories import parse_repository, repository_is_allowed, why_not_rule
from armslength.wire.jobs import JobRequest

TODAY = date(2030, 6, 1)
ADDRESS = "https://github.com/example/statin-rates"


def read(tmp_path: Path, text: str) -> InsidePolicy:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    return read_policy(path)


def mistakes(tmp_path: Path, text: str) -> list[Mistake]:
    with pytest.raises((Mistake, Mistakes)) as told:
        read(tmp_path, text)
    return list(getattr(told.value, "mistakes", None) or [told.value])


def a_request(**changes: object) -> JobRequest:
    fields = dict(
        id="abcd2345abcd2345",
        backend="north",
        project="statin-rates",
        workspace="statin-rates-main",
        repository=ADDRESS,
        branch="main",
        commit="a" * 40,
        actions=("run_all",),
        requested_by="ann",
        requested_at=datetime(2030, 6, 1, tzinfo=UTC),
    )
    return JobRequest(**{**fields, **changes})


def code(policy: InsidePolicy, *, today: date = TODAY, **changes: object) -> str | None:
    refusal = why_not_run(policy, a_request(**changes), today=today)
    return refusal.code if refusal else None


def test_the_documented_example_is_read(tmp_path):
    policy = read(tmp_path, EXAMPLE)
    project = policy.projects["statin-rates"]
    assert (policy.backend, policy.server_url) == ("north", "https://jobs.example.org")
    assert project.data_permissions == frozenset()
    assert (project.limits.memory_megabytes, project.limits.minutes) == (8000, 720)
    assert code(policy) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"backend": "south"}, "other_backend"),
        ({"project": "other"}, "unknown_project"),
        ({"project": "limits"}, "unknown_project"),
        ({"repository": "https://github.com/eve/statin-rates"}, "repository_not_allowed"),
        ({"branch": "dev"}, "branch_not_allowed"),
        ({"branch": "main2"}, "branch_not_allowed"),
        ({"branch": "release/1/2"}, "branch_not_allowed"),
        ({"branch": "release/.."}, "branch_not_allowed"),
        ({"branch": "release/x.lock"}, "branch_not_allowed"),
        ({"workspace": "statin"}, "workspace_not_allowed"),
        ({"workspace": "x-statin-rates-main"}, "workspace_not_allowed"),
    ],
    ids=str,
)
def test_what_is_not_written_down_is_refused(tmp_path, changes, expected):
    assert code(read(tmp_path, EXAMPLE), **changes) == expected


def test_a_star_in_a_branch_allows_one_part_of_a_name(tmp_path):
    assert code(read(tmp_path, EXAMPLE), branch="release/2030-06") is None


def test_an_approval_counts_from_its_first_to_its_last_day(tmp_path):
    policy = read(tmp_path, EXAMPLE)
    assert code(policy, today=date(2029, 12, 31)) == "project_not_started"
    assert code(policy, today=date(2030, 1, 1)) is None
    assert code(policy, today=date(2031, 12, 31)) is None
    assert code(policy, today=date(2032, 1, 1)) == "project_expired"


def test_only_listed_environments_are_used(tmp_path):
    project = read(tmp_path, EXAMPLE).projects["statin-rates"]
    assert why_not_environment(project, "python:v2") is None
    assert why_not_environment(project, "python:v2@sha256:" + "0" * 64).code == "environment_not_allowed"
    assert why_not_environment(project, "python:latest").code == "environment_not_allowed"


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/example/statin-rates",
        "git://github.com/example/statin-rates",
        "ssh://git@github.com/example/statin-rates",
        "git@github.com:example/statin-rates",
        "github.com/example/statin-rates",
        "ext::sh -c id",
        "https://github.com@evil.test/example/statin-rates",
        "https://ann:secret@github.com/example/statin-rates",
        "https://github.com:443/example/statin-rates",
        "https://github.com:8443/example/statin-rates",
        "https://github.com./example/statin-rates",
        "https://github.com.evil.test/example/statin-rates",
        "https://evilgithub.com/example/statin-rates",
        "https://GitHub.com/example/statin-rates",
        "HTTPS://github.com/example/statin-rates",
        "https://github.com/Example/statin-rates",
        "https://github.com/example/Statin-Rates",
        "https://github.com/example/statin-rates/",
        "https://github.com/example//statin-rates",
        "https://github.com//example/statin-rates",
        "https://github.com/example/statin-rates.git.git",
        "https://github.com/example/statin-rates.GIT",
        "https://github.com/example/statin-rates.",
        "https://github.com/example/statin-rates.git/",
        "https://github.com/example/../example/statin-rates",
        "https://github.com/eve/repo/../../example/statin-rates",
        "https://github.com/example/./statin-rates",
        "https://github.com/example/statin-rates/../other",
        "https://github.com/example/%73tatin-rates",
        "https://github.com/example/statin-rates%00",
        "https://github.com/example/statin-rates?x=1",
        "https://github.com/example/statin-rates#x",
        "https://github.com/example/statin-rates\n",
        "\nhttps://github.com/example/statin-rates",
        " https://github.com/example/statin-rates",
        "https://github.com/example/statin-rates ",
        "https://github.com\\@evil.test/example/statin-rates",
        "https://github.com/example\\statin-rates",
        "https://g\u0456thub.com/example/statin-rates",
        "https://github.com/example/st\u0430tin-rates",
        "https://github\u3002com/example/statin-rates",
        "https://github.com/example/statin\u2010rates",
        "https://github.com/example/statin-rates\u200b",
        "https://github.com/example/-statin-rates",
        "https://github.com/example/.git",
        "https://github.com/.git/statin-rates",
        "https://github.com/example/*",
        "https://github.com/example",
        "file:///example/statin-rates",
        "https:///example/statin-rates",
        "https://[::1]/example/statin-rates",
        "https://github.com/example/statin-rates" + "a" * 500,
        "",
    ],
)
def test_no_other_spelling_passes_for_the_allowed_repository(address):
    assert not repository_is_allowed(address, rules=(ADDRESS,))


@pytest.mark.parametrize("rule", [ADDRESS, f"{ADDRESS}.git"])
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}.git"])
def test_one_git_at_the_end_does_not_matter(rule, address):
    assert repository_is_allowed(address, rules=(rule,))


def test_an_owner_may_be_allowed_but_not_what_only_looks_like_one():
    rules = ("https://github.com/example/*",)
    assert repository_is_allowed("https://github.com/example/any-name.git", rules=rules)
    for address in (
        "https://github.com/example2/name",
        "https://github.com/example",
        "https://github.com/example/",
        "https://github.com/example/a/b",
        "https://github.com/eve/example/name",
        "https://evil.test/example/name",
        "https://github.com/example/../eve/name",
        "https://github.com/example/.git",
    ):
        assert not repository_is_allowed(address, rules=rules), address


def test_a_folder_of_this_machine_is_allowed_by_its_exact_address_only():
    rules = ("file:///srv/studies/rates",)
    assert repository_is_allowed("file:///srv/studies/rates", rules=rules)
    for address in (
        "file:///srv/studies/rates.git",
        "file:///srv/studies/rates/",
        "file:///srv/studies/../studies/rates",
        "file:///srv/studies/./rates",
        "file:///srv//studies/rates",
        "file://localhost/srv/studies/rates",
        "file:/srv/studies/rates",
        "/srv/studies/rates",
        "FILE:///srv/studies/rates",
        "file:///srv/studies/rates2",
        "file:///srv/studies/rates%2f",
    ):
        assert not repository_is_allowed(address, rules=rules), address
    assert not repository_is_allowed("file:///srv/studies/rates", rules=("https://github.com/srv/*",))


@pytest.mark.parametrize(
    "rule",
    [
        "*",
        "https://*",
        "https://github.com/*",
        "https://*/example/*",
        "file:///srv/*",
        "https://github.com/ex*/rates",
    ],
)
def test_a_rule_that_allows_too_much_is_refused(rule):
    assert why_not_rule(rule)


def test_addresses_of_one_repository_are_equal_and_of_two_are_not():
    assert parse_repository(ADDRESS) == parse_repository(f"{ADDRESS}.git")
    assert parse_repository(ADDRESS) != parse_repository(f"{ADDRESS}2")


def test_a_missing_policy_allows_nothing(tmp_path):
    with pytest.raises(Mistake, match="Y001"):
        read_policy(tmp_path / "missing.toml")
    with pytest.raises(Mistake, match="Y001"):
        read_policy(tmp_path)


def test_an_empty_policy_is_refused_with_everything_that_is_missing(tmp_path):
    found = mistakes(tmp_path, "")
    assert {mistake.code for mistake in found} == {"Y005"}
    for key in ("version", "backend", "server", "limits", "projects", "url", "ledger_key", "minutes"):
        assert any(f"`{key}`" in mistake.what for mistake in found), key


GARBAGE = [b"version = ", b"\xff\xfe", b"a = 1\na = 2\n", b"x" * (2 << 20), b"a = " + b"[" * 9999]


@pytest.mark.parametrize("content", GARBAGE, ids=["half", "binary", "twice", "large", "deep"])
def test_what_is_not_toml_is_refused(tmp_path, content):
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(Mistake, match="Y001"):
        read_policy(path)


def test_a_mistake_in_the_toml_is_told_with_its_line(tmp_path):
    (found,) = mistakes(tmp_path, "version = 1\nbackend = \n")
    assert found.where.endswith("policy.toml:2")


CHANGES = [
    ("version = 1", "version = 2", "Y003", "`version`"),
    ('backend = "north"', 'backend = "North"', "Y003", "`backend`"),
    ('backend = "north"', 'backnd = "north"', "Y002", "did you mean `backend`"),
    ("https://jobs.example.org", "http://jobs.example.org", "Y003", "`url`"),
    ("https://jobs.example.org", "https://ann@jobs.example.org", "Y003", "`url`"),
    ("https://jobs.example.org", "http://localhost.evil.test", "Y003", "`url`"),
    ("ledger_key = \"0f", "ledger_key = \"0F", "Y003", "`ledger_key`"),
    ("minutes = 720", "minutes = 0", "Y003", "`minutes`"),
    ("minutes = 720", "minutes = true", "Y003", "`minutes`"),
    ("minutes = 720", "minutes = 1.5", "Y003", "`minutes`"),
    ("memory_megabytes = 8000", "memory_megabytes = 16001", "Y003", "from 1 to 16000"),
    ("memory_megabytes = 8000", "memory = 8000", "Y002", "no key `memory`"),
    ("[projects.statin-rates]", '[projects."Statin Rates"]', "Y003", "short name"),
    ('"https://github.com/example/statin-rates"', '"https://github.com/*"', "Y004", "https://github.com/*"),
    ('repositories = ["https://github.com/example/statin-rates"]', "repositories = []", "Y003", "`repositories`"),
    ('branches = ["main", "release/*"]', 'branches = "main"', "Y003", "`branches`"),
    ('branches = ["main", "release/*"]', 'branches = ["main", 5]', "Y003", "not 5"),
    ('branches = ["main", "release/*"]', 'branches = ["[a-z]"]', "Y003", "`branches`"),
    ('workspaces = ["statin-rates-*"]', 'workspace = ["statin-rates-*"]', "Y002", "did you mean `workspaces`"),
    ("data_permissions = []", 'data_permissions = ["include_t1o"]', "Y002", "did you mean `include_t1oo`"),
    ("data_permissions = []", 'data_permissions = "include_t1oo"', "Y003", "`data_permissions`"),
    ("environments = [\"python:v2\"]", 'environments = ["python"]', "Y003", "`environments`"),
    ("expires_on = 2031-12-31", "expires_on = 2029-12-31", "Y003", "lies before"),
    ("expires_on = 2031-12-31", 'expires_on = "2031-12-31"', "Y003", "a date"),
    ("expires_on = 2031-12-31", "expires_on = 2031-12-31T00:00:00Z", "Y003", "a date"),
    ("expires_on = 2031-12-31", "", "Y005", "`expires_on`"),
    ("approved_by = ", "aproved_by = ", "Y002", "did you mean `approved_by`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected", "words"), CHANGES, ids=[change[1] or "none" for change in CHANGES]
)
def test_a_mistake_is_told_with_its_line_and_refuses_everything(tmp_path, old, new, expected, words):
    text = EXAMPLE.replace(old, new)
    found = [mistake for mistake in mistakes(tmp_path, text) if words in str(mistake)]
    assert found and found[0].code == expected, mistakes(tmp_path, text)
    if new and expected != "Y005":
        line = next(number for number, line in enumerate(text.splitlines(), 1) if new.split("\n")[0] in line)
        assert found[0].where.endswith(f"policy.toml:{line}")


def test_lines_are_counted_through_long_lists_and_texts(tmp_path):
    text = EXAMPLE.replace(
        'branches = ["main", "release/*"]', 'branches = [\n  "main", # [\n  "release/*",\n]'
    )
    text = text.replace('approved_by = "Information', 'approved_by = """\\\n  Information').replace(
        '2030-17"', '2030-17"""'
    )
    read(tmp_path, text)
    (found,) = mistakes(tmp_path, text.replace("expires_on", "expires_no"))[:1]
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "expires_on" in line)
    assert found.where.endswith(f"policy.toml:{line}")


def test_data_permissions_are_those_that_were_written(tmp_path):
    text = EXAMPLE.replace("data_permissions = []", 'data_permissions = ["ukrr", "include_ndoo"]')
    given = read(tmp_path, text).projects["statin-rates"].data_permissions
    assert given == {DataPermission.UKRR, DataPermission.INCLUDE_NDOO}


def test_a_reusable_action_is_pinned_by_its_commit_at_an_address_of_an_accepted_form(tmp_path):
    home = read(tmp_path, EXAMPLE).actions["matching:v1.2"]
    assert (home.repository, home.commit[:4], home.branch) == (
        "https://github.com/example/matching",
        "5f3c",
        "main",
    )
    commit, address = home.commit, home.repository
    for wrong, code in (
        (EXAMPLE.replace(commit, "main"), "Y003"),
        (EXAMPLE.replace(commit, "v1.2"), "Y003"),
        (EXAMPLE.replace(commit, commit[:10]), "Y003"),
        (EXAMPLE.replace(commit, f"--upload-pack=x{commit[:26]}"), "Y003"),
        (EXAMPLE.replace(address, "ssh://git@github.com/example/matching"), "Y006"),
        (EXAMPLE.replace(address, "ext::sh -c id"), "Y006"),
        (EXAMPLE.replace(address, "https://github.com@evil.example/a/b"), "Y006"),
        (EXAMPLE.replace(address, "file:///home/../etc"), "Y006"),
        (EXAMPLE.replace('"matching:v1.2"', '"../matching:v1.2"'), "Y006"),
        (EXAMPLE.replace('"matching:v1.2"', '"matching:latest"'), "Y006"),
        (EXAMPLE.replace('branch = "main"', 'branch = "--force"'), "Y003"),
        (EXAMPLE.replace('branch = "main"', 'branch = "a/../b"'), "Y003"),
        (EXAMPLE.replace(f'repository = "{address}"', 'folder = "/srv/matching"'), "Y002"),
        (EXAMPLE.replace(f'repository = "{address}"\n', ""), "Y005"),
    ):
        assert code in {mistake.code for mistake in mistakes(tmp_path, wrong)}, wrong[-300:]


def test_a_laptop_may_use_a_folder_in_place_of_a_commit(tmp_path):
    path = tmp_path / "actions.toml"
    path.write_text('[actions."matching:dev"]\nfolder = "/home/ann/matching"\n')
    assert read_homes_file(path) == {"matching:dev": ActionHome(folder="/home/ann/matching")}
    path.write_text('[actions."matching:dev"]\nfolder = "/home/ann/matching"\ncommit = "main"\n[other]\n')
    with pytest.raises(Mistakes) as told:
        read_homes_file(path)
    assert [mistake.code for mistake in told.value.mistakes] == ["Y002", "Y002"]
