"""Heads: the whole log in one line, signed with ed25519. One key signs one log and nothing else."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.ledger.canonical import JsonObject, NotCanonical, canonical_bytes, read_object
from armslength.ledger.entries import HEX_HASH, read_moment
from armslength.ledger.shapes import whole_number

# Signed with every head, so that no other text signed by mistake with the same key can pass for one.
PURPOSE = "armslength ledger head, version 1"
LARGEST_KEY_FILE = 10_000  # bytes
DISTRUST = 3  # exit status of everything that means: the log cannot be trusted
FIELDS = frozenset({"version", "size", "root", "at", "key_id", "signature"})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key everybody may know: 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise ValueError(f"an ed25519 public key has 32 bytes, not {len(self.raw)}")

    @property
    def id(self) -> str:
        """A short name for the key: the first 16 hexadecimal digits of its SHA-256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def hex(self) -> str:
        """The key in 64 hexadecimal digits, as policy files and genesis entries hold it."""
        return self.raw.hex()

    def to_pem(self) -> str:
        """The key as a PEM file, which openssl reads too."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Say whether the signature of the message is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def parse(cls, text: str, *, where: str) -> PublicKey:
        """Read a public key from 64 hexadecimal digits or a PEM text, or raise Mistake L004."""
        text = text.strip()
        if HEX_HASH.fullmatch(text):
            return cls(bytes.fromhex(text))
        try:
            key = serialization.load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise Mistake(
                "L004",
                "this is not an ed25519 public key: expected 64 hexadecimal digits or a PEM file",
                where=where,
                hint="the site offers its key at /ledger/key.pem; compare it with the pinned one",
            )
        return cls(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))

    @classmethod
    def read(cls, path: Path) -> PublicKey:
        """Read a public key file."""
        return cls.parse(_read_key_file(path).decode(errors="replace"), where=str(path))


class Key:
    """The key that signs heads. It lives in a file only its owner may read, never on a command line."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = PublicKey(raw)

    def __repr__(self) -> str:
        return f"<signing key {self.public.id}>"

    @classmethod
    def generate(cls) -> Key:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> Key:
        """Read a signing key, or raise Mistake L004 (not a key) or L005 (others may read it)."""
        content = _read_key_file(path)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Mistake(
                "L005",
                "other users may read this signing key",
                where=str(path),
                hint=f"run: chmod 600 {path}",
            )
        try:
            private = serialization.load_pem_private_key(content, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise Mistake(
                "L004", "this is not an unencrypted ed25519 private key in PEM form", where=str(path)
            )
        return cls(private)

    def write(self, path: Path) -> None:
        """Write the key to a new file with mode 0600; an existing file is never replaced (L006)."""
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Mistake(
                "L006",
                "there is a file already; a signing key is never overwritten",
                where=str(path),
                hint="a log cannot be continued with another key: move the old file away only for a new log",
            ) from None
        except OSError as error:
            raise Mistake("L004", f"the key cannot be written: {error.strerror}", where=str(path)) from None
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of a message."""
        return self._private.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """`size` entries have the tree root `root` (hexadecimal), said at `at` by the holder of the key."""

    size: int
    root: str
    at: datetime
    key_id: str
    signature: str

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return _message(size=self.size, root=self.root, at=self.at, key_id=self.key_id)

    def to_object(self) -> JsonObject:
        """Return the head as a JSON object."""
        return {
            "version": 1,
            "size": self.size,
            "root": self.root,
            "at": clock.to_text(self.at),
            "key_id": self.key_id,
            "signature": self.signature,
        }

    def to_json(self) -> str:
        """Return the head as canonical text, to be remembered in a file."""
        return canonical_bytes(self.to_object()).decode()

    @classmethod
    def from_object(cls, value: Any, *, where: str) -> SignedHead:
        """Read a head from the JSON object it travelled as, or raise Mistake L003. Proves nothing yet."""
        if not isinstance(value, dict) or value.keys() != FIELDS:
            raise Mistake(
                "L003", f"this is not a head: its fields must be {', '.join(sorted(FIELDS))}", where=where
            )
        texts = {name: value[name] for name in ("root", "at", "key_id", "signature")}
        if value["version"] != 1 or not all(isinstance(text, str) for text in texts.values()):
            raise Mistake("L003", "this is not a head of version 1", where=where)
        lengths = {"root": 64, "key_id": 16, "signature": 128}
        for name, length in lengths.items():
            if len(texts[name]) != length or not set(texts[name]) <= set("0123456789abcdef"):
                raise Mistake(
                    "L003", f"this is not a head: `{name}` is not {length} hexadecimal digits", where=where
                )
        size = whole_number(value["size"], name="size", what="a head", where=where)
        return cls(**{**texts, "size": size, "at": read_moment(texts["at"], where=where)})

    @classmethod
    def from_json(cls, text: str | bytes, *, where: str) -> SignedHead:
        """Read a head from JSON text, or raise Mistake L003."""
        try:
            return cls.from_object(read_object(text), where=where)
        except NotCanonical as error:
            raise Mistake("L003", f"this is not a head: {error}", where=where) from None


def sign_head(key: Key, *, size: int, root: bytes, at: datetime) -> SignedHead:
    """Sign that the log of `size` entries has this root."""
    message = _message(size=size, root=root.hex(), at=at, key_id=key.public.id)
    return SignedHead(
        size=size, root=root.hex(), at=at, key_id=key.public.id, signature=key.sign(message).hex()
    )


def verify_head(head: SignedHead, *, key: PublicKey, where: str) -> None:
    """Raise Mistake L011 (signed with another key) or L010 (signature does not verify), else nothing."""
    if head.key_id != key.id:
        raise Mistake(
            "L011",
            f"the head is signed with key {head.key_id}, but the key trusted here is {key.id}",
            where=where,
            hint="trust a new key only after its owner confirmed it by another road",
            exit_status=DISTRUST,
        )
    if not key.verifies(bytes.fromhex(head.signature), head.message()):
        raise Mistake(
            "L010",
            "the signature of the head does not verify",
            where=where,
            hint="the head was changed on its way or made by somebody without the key: use nothing it covers",
            exit_status=DISTRUST,
        )


def _message(*, size: int, root: str, at: datetime, key_id: str) -> bytes:
    value = {"purpose": PURPOSE, "size": size, "root": root, "at": clock.to_text(at), "key_id": key_id}
    return canonical_bytes(value)


def _read_key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_KEY_FILE + 1)
    except OSError as error:
        raise Mistake("L004", f"the key cannot be read: {error.strerror}", where=str(path)) from None
    if len(content) > LARGEST_KEY_FILE:
        raise Mistake("L004", "the file is too large to be a key", where=str(path))
    return content
