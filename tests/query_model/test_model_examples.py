"""The examples in the docstrings of the model and the language run."""

import doctest
import importlib

import pytest

WITH_EXAMPLES = ["model.codes", "model.types", "model.dates", "language.operands", "language.codelists"]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_in_docstrings_run(name):
    results = doctest.testmod(importlib.import_module(f"armslength.query.{name}"))
    assert results.attempted and not results.failed
