"""Files are whole or absent."""

from __future__ import annotations

import hashlib

import pytest

from armslength.kernel.files import atomic_writer, sha256_of, temporary_path, write_text


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "table.csv"
    with atomic_writer(target) as file:
        file.write(b"a,b\n")
        file.flush()
        assert not target.exists()
    assert target.read_bytes() == b"a,b\n"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.csv"
    write_text(target, "old")
    with pytest.raises(RuntimeError), atomic_writer(target) as file:
        file.write(b"new")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text() == "old"


def test_a_temporary_path_keeps_the_suffixes(tmp_path):
    with temporary_path(tmp_path / "table.csv.gz") as temporary:
        assert temporary.name.endswith(".csv.gz")
        temporary.write_bytes(b"x")
    assert (tmp_path / "table.csv.gz").read_bytes() == b"x"


def test_a_digest_is_that_of_the_bytes(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 3_000_000)
    assert sha256_of(tmp_path / "large") == hashlib.sha256(b"x" * 3_000_000).hexdigest()
