from functools import reduce
from operator import or_

from ehrql import case, when


def any_of(conditions):
    return reduce(or_, conditions)


def last_before(events, codelist, date, where=True):
    return (
        events.where(where)
        .where(events.snomedct_code.is_in(codelist))
        .where(events.date.is_on_or_before(date))
        .sort_by(events.date)
        .last_for_patient()
    )


def age_band(age):
    return case(
        when(age < 18).then("0-17"),
        when((age >= 18) & (age < 40)).then("18-39"),
        when((age >= 40) & (age < 65)).then("40-64"),
        when(age >= 65).then("65+"),
        otherwise="missing",
    )
