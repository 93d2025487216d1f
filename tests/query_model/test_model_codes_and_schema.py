"""Codes are valid when they exist; columns and tables keep the rules of their constraints."""

import datetime

import pytest

from armslength.query.model import codes
from armslength.query.model.constraints import Constraint, keeps_to_the_letter
from armslength.query.model.schema import Column, TableSchema

NEW_YEAR = datetime.date(2020, 1, 1)
VALID = {
    codes.SNOMEDCTCode: ["123456", "123456789012345678"],
    codes.DMDCode: ["123456"],
    codes.CTV3Code: ["De4..", "ABCDE", "AB...", "a1b2."],
    codes.ICD10Code: ["A01", "A012", "A0123", "A01X", "A01X2"],
    codes.OPCS4Code: ["B23", "B234"],
    codes.BNFCode: ["0101010A0AAAAAA", "23965909711"],
}
INVALID = {
    codes.SNOMEDCTCode: ["12345", "1234567890123456789", "012345", "", "12345a", "123456 ", "123456\n"],
    codes.DMDCode: ["12345"],
    codes.CTV3Code: ["A....", "ABC.0", "ABCD", "ABCDEF", ".ABCD"],
    codes.ICD10Code: ["A0", "A01.2", "a01", "A01Y", "A12XX"],
    codes.OPCS4Code: ["I00", "B2", "B2345"],
    codes.BNFCode: ["0101010A0AAAAA", "24965909711"],
}


@pytest.mark.parametrize(("system", "text"), [(system, text) for system in VALID for text in VALID[system]])
def test_valid_codes(system, text):
    code = system(text)
    assert code == text
    assert code.value == text and type(code.value) is str
    assert repr(code) == f"{system.__name__}({text!r})"


@pytest.mark.parametrize(
    ("system", "text"), [(system, text) for system in INVALID for text in INVALID[system]]
)
def test_invalid_codes_are_named_with_their_system(system, text):
    with pytest.raises(ValueError, match=f"Invalid {system.__name__}"):
        system(text)


@pytest.mark.parametrize("text", ["M", "M0", "M06", "M069", "M0691", "M06X", "M06X1"])
def test_beginnings_of_codes_can_be_searched_for(text):
    assert codes.ICD10MultiCodeString.search_text(text) == text
    if len(text) > 2:
        assert codes.ICD10MultiCodeString.search_text(codes.ICD10Code(text)) == text


@pytest.mark.parametrize("wanted", ["", "m06", "M06.9", "M069123", codes.OPCS4Code("A01"), 5, None])
def test_other_things_cannot_be_searched_for(wanted):
    with pytest.raises(TypeError, match="ICD-10"):
        codes.ICD10MultiCodeString.search_text(wanted)


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        (Constraint.Categorical(["a", "b"]), ["a", None], ["c"]),
        (Constraint.NotNull(), [1], [None]),
        (Constraint.FirstOfMonth(), [datetime.date(2020, 1, 1), None], [datetime.date(2020, 1, 2)]),
        (Constraint.Regex("E0[0-9]"), ["E01", "E012", None], ["E0", "xE01"]),
        (Constraint.ClosedRange(0, 10, 5), [0, 3, 5, 10, None], [-5, 15]),
        (Constraint.GeneralRange(1, 3, includes_maximum=False), [1, 2.5, None], [0, 3]),
        (
            Constraint.GeneralRange(minimum=datetime.date(2020, 1, 1)),
            [datetime.date(2020, 1, 1)],
            [datetime.date(2019, 12, 31)],
        ),
    ],
)
def test_constraints_tell_good_values_from_bad(constraint, good, bad):
    assert all(constraint.validate(value) for value in good)
    assert not any(constraint.validate(value) for value in bad)
    assert constraint.description


def test_invented_values_keep_promises_to_the_letter():
    pattern, steps = Constraint.Regex("E0[0-9]"), Constraint.ClosedRange(0, 10, 5)
    assert [keeps_to_the_letter(pattern, text) for text in ("E01", None, "E012", "x")] == [
        True,
        True,
        False,
        False,
    ]
    assert [keeps_to_the_letter(steps, number) for number in (5, None, 3, 15)] == [True, True, False, False]
    assert not keeps_to_the_letter(Constraint.NotNull(), None)


def test_a_column_takes_each_kind_of_constraint_once():
    with pytest.raises(ValueError, match="NotNull"):
        Column(int, (Constraint.NotNull(),), (Constraint.NotNull(),))
    with pytest.raises(ValueError, match="not a constraint"):
        Column(int, (Constraint.NotNull,))
    with pytest.raises(TypeError):
        Column(list)


def dates(**after):
    columns = dict.fromkeys(["a", "b", "c"], Column(datetime.date))
    return {**columns, **{k: Column(datetime.date, (Constraint.DateAfter(v),)) for k, v in after.items()}}


def test_dates_after_one_another():
    TableSchema.of(dates(b=["a"], c=["a", "b"]))


@pytest.mark.parametrize(
    "columns",
    [
        dates(b=["x"]),
        dates(b=["b"]),
        dates(b=["a"], c=["b"]),
        dates(a=["b"], b=["a"]),
        {
            "a": Column(datetime.date, (Constraint.FirstOfMonth(),)),
            "b": Column(datetime.date, (Constraint.DateAfter(["a"]),)),
        },
        {"a": Column(datetime.date), "b": Column(int, (Constraint.DateAfter(["a"]),))},
        {"patient_id": Column(int)},
    ],
)
def test_schemas_that_break_a_rule_are_refused(columns):
    with pytest.raises(ValueError):
        TableSchema.of(columns)


def test_date_after_wants_a_list():
    with pytest.raises(TypeError):
        Constraint.DateAfter("a")
