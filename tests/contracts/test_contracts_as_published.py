"""Every contract says exactly what its publisher says: names, order, types, promises, permissions, derived items."""

import copy
import datetime
import importlib
import inspect

import pytest
from ehrql.codes import (
    CTV3Code,
    DMDCode,
    ICD10Code,
    ICD10MultiCodeString,
    OPCS4Code,
    OPCS4MultiCodeString,
    SNOMEDCTCode,
)
from ehrql.tables import PatientFrame

from armslength.query.language.frames import BaseFrame
from armslength.query.model import constraints as c

NAMESPACES = ["core", "tpp", "emis", "emisv2", "smoketest", "raw_core", "raw_tpp", "raw_emis"]
TYPES = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    datetime.date: "date",
    SNOMEDCTCode: "snomedct",
    DMDCode: "dmd",
    CTV3Code: "ctv3",
    ICD10Code: "icd10",
    OPCS4Code: "opcs4",
    ICD10MultiCodeString: "icd10_multi",
    OPCS4MultiCodeString: "opcs4_multi",
}


def promise(constraint):
    """A constraint as the publisher writes it."""
    match constraint:
        case c.NotNull():
            return {"kind": "not_null"}
        case c.Unique():
            return {"kind": "unique"}
        case c.FirstOfMonth():
            return {"kind": "first_of_month"}
        case c.Categorical(values):
            return {"kind": "categorical", "values": list(values)}
        case c.Regex(pattern):
            return {"kind": "regex", "pattern": pattern}
        case c.ClosedRange(low, high, step):
            return {"kind": "closed_range", "min": low, "max": high, "step": step}
        case c.GeneralRange(low, high, from_low, to_high):
            bounds = {"min": low, "max": high}
            return {"kind": "general_range", **bounds, "min_inclusive": from_low, "max_inclusive": to_high}
        case c.DateAfter(names):
            return {"kind": "date_after", "columns": list(names)}


def column(made):
    return {
        "type": TYPES[made.type],
        "constraints": [promise(each) for each in made.constraints],
        "dummy_constraints": [promise(each) for each in made.dummy_data_constraints],
    }


def as_text(said):
    """A column of text as published: a code such as 09 is no number, though a reader of YAML may think so."""
    if said["type"] != "str":
        return said
    said = copy.deepcopy(said)
    for each in said.get("constraints", []):
        if each["kind"] == "categorical":
            each["values"] = [f"{v:02d}" if isinstance(v, int) else v for v in each["values"]]
    return said


def derived(frame):
    """What a table offers besides its columns, with the arguments of methods."""
    found = {}
    for base in type(frame).__mro__:
        if base.__module__.startswith("armslength.query.contracts"):
            for name, member in vars(base).items():
                if isinstance(member, property):
                    found[name] = ("property", [])
                elif inspect.isfunction(member) and not name.startswith("_"):
                    found[name] = ("method", list(inspect.signature(member).parameters)[1:])
    return found


def activation(mode, name):
    return {"exempt": False, "by_practice": None, "by_date": name}[mode]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_contract_is_what_its_publisher_says(namespace, published):
    contract = published[namespace]
    module = importlib.import_module(contract["import_path"])
    assert sorted(module.__all__) == sorted(contract["tables"])
    for name, table in contract["tables"].items():
        frame = getattr(module, name)
        node = frame._node
        assert isinstance(frame, BaseFrame)
        assert isinstance(frame, PatientFrame) is (table["rows"] == "one_per_patient"), name
        assert node.name == table["backend_table"], name
        assert node.required_permission == table["required_permission"], name
        wanted = activation(table["activation"]["mode"], table["activation"]["column"])
        assert node.activation_filter_field == wanted, name
        assert list(node.schema.names) == list(table["columns"]), name
        for each in node.schema.names:
            said = {"constraints": [], "dummy_constraints": [], **as_text(table["columns"][each])}
            expected = {key: said[key] for key in ("type", "constraints", "dummy_constraints")}
            assert column(node.schema[each]) == expected, f"{name}.{each}"
        assert derived(frame) == {
            each["name"]: (each["kind"], each.get("args", [])) for each in table["derived"]
        }


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_tables_that_are_the_same_are_one_object(namespace, published):
    contract = published[namespace]
    module = importlib.import_module(contract["import_path"])
    for name, table in contract["tables"].items():
        if table["alias_of"]:
            owner, original = table["alias_of"].rsplit(".", 1)
            other = importlib.import_module(published[owner]["import_path"])
            assert getattr(module, name) is getattr(other, original)
