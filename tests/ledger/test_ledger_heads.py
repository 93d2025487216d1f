"""Heads are signed, keys are kept from others, and nothing else passes for either."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from armslength.kernel.errors import Mistake
from armslength.ledger import Key, PublicKey, SignedHead
from armslength.ledger.heads import sign_head, verify_head

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key.generate()
HEAD = sign_head(KEY, size=7, root=b"\x07" * 32, at=AT)


def test_a_head_verifies_with_its_key_and_travels_as_json():
    again = SignedHead.from_json(HEAD.to_json(), where="here")
    assert again == HEAD
    verify_head(again, key=KEY.public, where="here")


@pytest.mark.parametrize(
    "change",
    [{"size": 8}, {"root": "08" * 32}, {"at": "2030-01-02T03:04:06.000000Z"}, {"signature": "00" * 64}],
    ids=str,
)
def test_a_changed_head_does_not_verify(change):
    head = SignedHead.from_object({**HEAD.to_object(), **change}, where="here")
    with pytest.raises(Mistake, match="L010"):
        verify_head(head, key=KEY.public, where="here")


def test_a_head_signed_with_another_key_is_named_as_such():
    with pytest.raises(Mistake, match="L011"):
        verify_head(sign_head(Key.generate(), size=7, root=b"\x07" * 32, at=AT), key=KEY.public, where="here")


def test_a_head_that_only_claims_the_trusted_key_does_not_verify():
    forged = sign_head(Key.generate(), size=7, root=b"\x07" * 32, at=AT).to_object()
    with pytest.raises(Mistake, match="L010"):
        verify_head(
            SignedHead.from_object({**forged, "key_id": KEY.public.id}, where="here"),
            key=KEY.public,
            where="here",
        )


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"size": -1},
        {"size": "7"},
        {"size": 7.0},
        {"size": True},
        {"root": "07"},
        {"root": "XX" * 32},
        {"root": ["0"] * 64},
        {"key_id": ""},
        {"signature": None},
        {"at": "yesterday"},
        {"more": 1},
    ],
    ids=str,
)
def test_something_that_is_no_head_is_refused(change):
    with pytest.raises(Mistake, match=r"L00[13]"):
        SignedHead.from_object({**HEAD.to_object(), **change}, where="here")


@pytest.mark.parametrize("text", ["", "[]", "null", '{"size":7}', HEAD.to_json()[:-1], "\x00"])
def test_text_that_is_no_head_is_refused(text):
    with pytest.raises(Mistake, match="L003"):
        SignedHead.from_json(text, where="here")


def test_a_key_is_written_for_its_owner_only_and_read_back(tmp_path: Path):
    path = tmp_path / "ledger.pem"
    KEY.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Key.read(path).public == KEY.public


def test_a_key_is_never_written_over_another(tmp_path: Path):
    path = tmp_path / "ledger.pem"
    KEY.write(path)
    before = path.read_bytes()
    with pytest.raises(Mistake, match="L006"):
        Key.generate().write(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int):
    path = tmp_path / "ledger.pem"
    KEY.write(path)
    path.chmod(mode)
    with pytest.raises(Mistake, match="L005"):
        Key.read(path)


def test_a_file_that_is_no_ed25519_key_is_refused(tmp_path: Path):
    path = tmp_path / "ledger.pem"
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content in (b"", b"not a key", other, b"x" * 20_000):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(Mistake, match="L004"):
            Key.read(path)
        with pytest.raises(Mistake, match="L004"):
            PublicKey.read(path)
    with pytest.raises(Mistake, match="L004"):
        Key.read(tmp_path / "missing.pem")


def test_a_public_key_is_read_from_hexadecimal_and_from_pem(tmp_path: Path):
    assert PublicKey.parse(KEY.public.hex, where="here") == KEY.public
    path = tmp_path / "public.pem"
    path.write_text(KEY.public.to_pem())
    assert PublicKey.read(path) == KEY.public


def test_openssl_reads_the_keys_and_verifies_a_head(tmp_path: Path):
    """Anybody can check a head without this program."""
    (tmp_path / "key.pem").write_text(KEY.public.to_pem())
    (tmp_path / "message").write_bytes(HEAD.message())
    (tmp_path / "signature").write_bytes(bytes.fromhex(HEAD.signature))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "message"]
    try:
        subprocess.run(
            [*command, "-sigfile", "signature"], cwd=tmp_path, check=True, capture_output=True, timeout=30
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")


def test_the_signed_text_says_what_it_is_for():
    assert json.loads(HEAD.message())["purpose"] == "armslength ledger head, version 1"


def test_a_signing_key_does_not_show_itself():
    assert repr(KEY) == f"<signing key {KEY.public.id}>"
