# ruff: noqa: E501 - a change and its edit are easier to read on one line
"""Each contract has a version; a change is compatible or breaking, for a reason; providers bring contracts of their own."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

from armslength.cli import run
from armslength.kernel.errors import Mistake
from armslength.query.contracts.versions.comparing import RULES, Weight, compare
from armslength.query.contracts.versions.installed import VERSIONS, find_contract, own_namespaces
from armslength.query.contracts.versions.snapshot import read_snapshot, snapshot_of

CORE = snapshot_of(find_contract("core"))


def test_every_contract_has_a_version():
    assert set(VERSIONS) == set(own_namespaces())
    for namespace in own_namespaces():
        assert snapshot_of(find_contract(namespace))["version"].count(".") == 2


def changed(edit, *, version="1.0.1"):
    """The core contract after an edit, compared with what it is."""
    new = copy.deepcopy(CORE)
    edit(new["tables"])
    new["version"] = version
    return compare(CORE, new)


def column(name):
    table, _, column = name.partition(".")
    return lambda tables: tables[table]["columns"][column]


SEX, BIRTH, PRACTICE = (
    column("patients.sex"),
    column("patients.date_of_birth"),
    column("practice_registrations.practice_pseudo_id"),
)
RANGE = {"kind": "ClosedRange", "minimum": 0, "maximum": 9, "step": 1}


def widened(tables, **ends):
    tables["patients"]["columns"]["sex"]["promises"].append(RANGE | ends)


EDITS = {
    "table added": lambda t: t.update(new=copy.deepcopy(t["patients"])),
    "table removed": lambda t: t.pop("medications"),
    "rows changed": lambda t: t["patients"].update(rows="many for each patient"),
    "asked under another name": lambda t: t["patients"].update(asked_as="core.people"),
    "permission now needed": lambda t: t["patients"].update(needs="x"),
    "activation changed": lambda t: t["medications"].update(activation=False),
    "column added": lambda t: t["patients"]["columns"].update(height=copy.deepcopy(SEX(t))),
    "column removed": lambda t: t["patients"]["columns"].pop("sex"),
    "type changed": lambda t: SEX(t).update(type="int"),
    "meaning worded anew": lambda t: SEX(t).update(meaning="other words"),
    "promise added": lambda t: SEX(t)["promises"].append({"kind": "Unique"}),
    "promise dropped": lambda t: BIRTH(t).update(promises=[]),
    "categories added": lambda t: SEX(t)["promises"][0]["values"].append("other"),
    "categories removed": lambda t: SEX(t)["promises"][0]["values"].remove("intersex"),
    "derived item added": lambda t: t["patients"]["derived"].append("bmi"),
    "derived item removed": lambda t: t["patients"]["derived"].remove("age_on"),
}


@pytest.mark.parametrize("kind", EDITS)
def test_a_change_is_classified_with_its_reason(kind):
    found = changed(EDITS[kind])
    assert {each.kind for each in found.changes} == {kind}
    assert found.weight is RULES[kind].weight and RULES[kind].reason
    lowest = {Weight.WORDING: "1.0.1", Weight.COMPATIBLE: "1.1.0", Weight.BREAKING: "2.0.0"}[found.weight]
    assert found.lowest_version == lowest
    assert (found.why_not_version is None) is (lowest == "1.0.1")
    assert changed(EDITS[kind], version=lowest).why_not_version is None


@pytest.mark.parametrize(
    ("ends", "kind"),
    [
        ({"maximum": 10}, "range widened"),
        ({"minimum": -1}, "range widened"),
        ({"maximum": 8}, "range narrowed"),
        ({"minimum": 1}, "range narrowed"),
        ({"minimum": 1, "maximum": 10}, "promise changed"),
        ({"step": 2}, "promise changed"),
    ],
)
def test_a_range_is_wider_narrower_or_neither(ends, kind):
    old, new = copy.deepcopy(CORE), copy.deepcopy(CORE)
    widened(old["tables"])
    widened(new["tables"], **ends)
    assert [each.kind for each in compare(old, new).changes] == [kind]
    open_ended = {"kind": "GeneralRange", "maximum": 9, "includes_minimum": True, "includes_maximum": True}
    SEX(old["tables"])["promises"][-1] = open_ended | {"minimum": None}
    SEX(new["tables"])["promises"][-1] = open_ended | {"minimum": 3}
    assert [each.kind for each in compare(old, new).changes] == ["range narrowed"]
    assert [each.kind for each in compare(new, old).changes] == ["range widened"]


def test_every_rule_is_reached_by_a_test_and_says_why():
    tested = {*EDITS, "range widened", "range narrowed", "promise changed", "permission no longer needed"}
    assert tested == set(RULES)
    lifted = copy.deepcopy(CORE)
    lifted["tables"]["patients"]["needs"] = "x"
    assert [each.kind for each in compare(lifted, CORE).changes] == ["permission no longer needed"]


def test_before_the_first_release_a_breaking_change_raises_the_second_number():
    old, new = copy.deepcopy(CORE) | {"version": "0.3.0"}, copy.deepcopy(CORE) | {"version": "0.4.0"}
    new["tables"].pop("medications")
    assert compare(old, new).lowest_version == "0.4.0" and compare(old, new).why_not_version is None


def test_a_snapshot_in_json_or_yaml_is_the_contract(tmp_path, capsys):
    for namespace in own_namespaces():
        assert run(["contracts", "snapshot", namespace]) == 0
        text = capsys.readouterr().out
        (tmp_path / "c.json").write_text(text)
        (tmp_path / "c.yaml").write_text(yaml.safe_dump(json.loads(text)))
        for name in ("c.json", "c.yaml"):
            found = compare(read_snapshot(str(tmp_path / name)), read_snapshot(namespace))
            assert found.changes == () and found.why_not_version is None


def test_the_command_tells_breaking_changes_first_and_fails_when_the_version_hides_them(tmp_path, capsys):
    new = copy.deepcopy(CORE)
    EDITS["column removed"](new["tables"])
    EDITS["table added"](new["tables"])
    path = tmp_path / "new.json"
    path.write_text(json.dumps(new | {"version": "1.1.0"}))
    assert run(["contracts", "diff", "core", str(path)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "core: from 1.0.0 to 1.1.0"
    assert told[1].split()[:4] == ["breaking", "patients.sex:", "column", "removed:"]
    assert told[-1] == "version 1.1.0 says too little: after 1.0.0 it must be at least 2.0.0"
    path.write_text(json.dumps(new | {"version": "2.0.0"}))
    assert run(["contracts", "diff", "core", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lowest_version"] == "2.0.0"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "{}",
        '{"format": "armslength-contract"}',
        '{"format": "armslength-contract", "version": "1.0.0", "tables": {"a": 1}}',
    ],
)
def test_a_file_that_is_no_contract_is_refused(text, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(Mistake) as caught:
        read_snapshot(str(tmp_path / "x.json"))
    assert caught.value.code == "Q420"


def test_an_unknown_contract_is_named_with_the_one_that_may_be_meant():
    with pytest.raises(Mistake, match="there is no contract `cores`") as caught:
        read_snapshot("cores")
    assert caught.value.code == "Q421" and "did you mean `core`?" in caught.value.hint


MODULE = '''"""ACME: what the wards of one provider write down."""

from __future__ import annotations

import datetime

from ehrql.tables import EventFrame, Series, table

NAMESPACE = "acme"
VERSION = "0.2.0"
__all__ = ["ward_stays"]


@table
class ward_stays(EventFrame):
    """Stays on a ward."""

    start_date = Series(datetime.date, description="First day.")
    ward = Series(str, description="Which ward.")
'''


@pytest.fixture(scope="session")
def installed_package(tmp_path_factory):
    """A package of a provider, installed by a real installer into a folder of its own."""
    installer = shutil.which("uv")
    if installer is None:
        pytest.skip("the installer `uv` is not on this machine")
    home = tmp_path_factory.mktemp("provider")
    info = "acme_records-1.0.dist-info"
    files = {
        "acme_records/__init__.py": "",
        "acme_records/contract.py": MODULE,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: acme-records\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[armslength.contracts]\nacme = acme_records.contract\ncore = acme_records.contract\nbroken = acme_records.nowhere\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    wheel = home / "acme_records-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {
            **files,
            f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,"]) + "\n",
        }.items():
            archive.writestr(name, text)
    line = [installer, "pip", "install", "--offline", "--no-deps", "--python", sys.executable]
    subprocess.run([*line, "--target", str(home / "site"), str(wheel)], check=True, capture_output=True)
    return home / "site"


def _digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def with_package(site, *code):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, *code], env=environment, capture_output=True, text=True, check=False
    )


def test_a_provider_brings_a_contract_of_its_own(installed_package):
    done = with_package(installed_package, "-m", "armslength", "contracts", "snapshot", "acme")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["namespace"], found["version"], list(found["tables"])) == ("acme", "0.2.0", ["ward_stays"])
    code = """
from armslength.query.loading.contract_tables import find_table, namespaces
from acme_records.contract import ward_stays
assert "acme" in namespaces()
assert find_table("acme", "ward_stays") is ward_stays._node
assert find_table("core", "patients").namespace == "core", "nobody stands in for a contract of ours"
assert find_table("acme", "patients") is None
"""
    done = with_package(installed_package, "-c", code)
    assert done.returncode == 0, done.stderr


def test_a_contract_that_cannot_be_loaded_says_where_it_should_be(installed_package):
    done = with_package(installed_package, "-m", "armslength", "contracts", "snapshot", "broken")
    assert done.returncode == 1 and "Q422" in done.stderr and "acme_records.nowhere" in done.stderr
