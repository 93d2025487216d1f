"""The JSON Schema for editors: it agrees with the reader on what one value can tell, and is the published one."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from test_pipeline_public_studies import WRITTEN
from test_pipeline_reading import action, study

from armslength.kernel.errors import Mistakes
from armslength.pipeline.reading import read_pipeline
from armslength.pipeline.schema import schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "project.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_published_schema_is_that_of_the_code() -> None:
    """Written by `armslength validate --schema > docs/reference/project.schema.json`."""
    assert json.loads(PUBLISHED.read_text()) == schema()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


# What looks otherwise to a reader that knows no versions, or is read by the slower parser here.
ODD = {"user-made run_all", "numbers as names", "tabs after values"}


@pytest.mark.parametrize("text", [text for name, text in WRITTEN.items() if name not in ODD])
def test_what_the_reader_accepts_the_schema_accepts(text: str) -> None:
    VALIDATOR.validate(yaml.safe_load(text.lstrip("\ufeff")))


@pytest.mark.parametrize(
    "text",
    [
        "version: 6\nactions: {}",
        "version: 3.5\nactions: {}",
        "version: 5",
        "version: 5\nactions: {}\nother: 1",
        study("a/b:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}"),
        study("one:\n  run: python:v2 a"),
        study("one:\n  run: python a.py\n  outputs: {highly_sensitive: {}}"),
        study("one:\n  run: python:v2 a\n  outputs: {}"),
        study("one:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}\n  nedes: []"),
        study("one:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}\n  needs: one"),
        study("one:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}\n  config: text"),
        study(action(level="moderatly_sensitive")),
        study(action(path="output/a.rds")),
        *(
            study(action(path=path, level="highly_sensitive"))
            for path in (
                "../a.csv", "a/../b.csv", "/a.csv", "C:/a.csv", "./a.csv", "a//b.csv", "metadata/a.csv", "output/**",
                "out?.csv", "a[1].csv", "output/data", "output/x.*", ".git/a.csv", "output/.a.csv", "project.yaml",
            )
        ),
    ],
)  # fmt: skip
def test_what_the_schema_refuses_the_reader_refuses(text: str) -> None:
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    with pytest.raises(Mistakes):
        read_pipeline(text)
