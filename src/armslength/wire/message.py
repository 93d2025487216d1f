"""The base of every message: strict, frozen, and closed to fields nobody agreed on."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)

from armslength.kernel import clock
from armslength.kernel.errors import Mistake

# Names that become folders, URLs and process arguments: a safe alphabet and nothing else (guarantee S7).
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]
ActionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{16}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]{0,149}$")]
SafeText = Annotated[str, StringConstraints(max_length=2000)]
# A relative path with forward slashes: no part starts with a dot, no backslash, no control character (S2b).
_PART = r"[^.\x00-\x1f\x7f\\/][^\x00-\x1f\x7f\\/]*"


def _shown_as_it_is(path: str) -> str:
    """Refuse what people cannot tell apart or see: letters that are invisible or turn text around, loose accents."""
    if not path.isprintable() or not unicodedata.is_normalized("NFC", path):
        raise ValueError("it holds letters that cannot be shown")
    return path


OutputPath = Annotated[
    str,
    StringConstraints(pattern=rf"^{_PART}(/{_PART})*$", max_length=1000),
    AfterValidator(_shown_as_it_is),
]
Moment = Annotated[AwareDatetime, PlainSerializer(clock.to_text, return_type=str)]
JsonObject = dict[str, Any]


class Message(BaseModel):
    """A message. Reading one never trusts its sender: unknown fields, wrong types, long texts are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", str_strip_whitespace=False)

    def to_json(self) -> str:
        """Write the message as JSON."""
        return self.model_dump_json()


M = TypeVar("M", bound=Message)


def read(kind: type[M], text: str | bytes, *, sender: str) -> M:
    """Read one message from JSON, or raise a Mistake that says which field of whose message is wrong."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole message"
        raise Mistake(
            "W001",
            f"{sender} sent a {kind.__name__} that cannot be read: {field}: {first['msg']}",
            where=sender,
            hint="the two sides may run different versions; compare `armslength --version` on each",
        ) from None
