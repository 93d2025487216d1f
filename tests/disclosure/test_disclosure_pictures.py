"""Pictures: what lies beside their pixels is read, what they show is said not to be."""

from __future__ import annotations

import struct
import zlib

import pytest

from armslength.disclosure.check import check_bytes
from armslength.disclosure.report import Verdict


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*chunks: bytes, behind: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"") + behind


def jpeg(*segments: tuple[int, bytes], behind: bytes = b"") -> bytes:
    said = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content for marker, content in segments
    )
    return b"\xff\xd8" + said + b"\xff\xda\x00\x02\x12\x34\xff\x00\x56\xff\xd9" + behind


NUMBER = b"9434765919"  # passes the checksum of NHS numbers
CARRIED = {
    "a text": ("x.png", png(chunk(b"tEXt", b"Comment\x00patient " + NUMBER))),
    "a compressed text": (
        "x.png",
        png(chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"patient " + NUMBER))),
    ),
    "an international text": (
        "x.png",
        png(chunk(b"iTXt", b"Comment\x00\x01\x00en\x00\x00" + zlib.compress(b"patient " + NUMBER))),
    ),
    "EXIF data of a PNG": ("x.png", png(chunk(b"eXIf", b"MM\x00*\x00patient " + NUMBER))),
    "bytes behind a PNG": ("x.png", png(behind=b"patient " + NUMBER)),
    "EXIF data of a JPEG": ("x.jpg", jpeg((0xE1, b"Exif\x00\x00MM\x00*patient " + NUMBER))),
    "a comment of a JPEG": ("x.jpeg", jpeg((0xFE, b"patient " + NUMBER))),
    "bytes behind a JPEG": ("x.jpg", jpeg(behind=b"patient " + NUMBER)),
}


@pytest.mark.parametrize("carrier", CARRIED)
def test_a_number_of_a_patient_beside_the_pixels_is_found(carrier):
    name, data = CARRIED[carrier]
    report = check_bytes(data, name=name)
    graves = {(finding.code, finding.verdict) for finding in report.findings}
    assert ("A3", Verdict.BLOCK) in graves
    assert ("A8", Verdict.WARN) in graves


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.png", png(chunk(b"tEXt", b"Software\x00Matplotlib version3.10.1"), chunk(b"pHYs", b"\x00" * 9))),
        (
            "x.jpg",
            jpeg((0xE0, b"JFIF\x00\x01\x01\x00"), (0xE2, b"ICC_PROFILE\x00\x01\x01 sRGB IEC61966-2.1")),
        ),
    ],
)
def test_a_plain_picture_is_neither_stopped_nor_passed(name, data):
    report = check_bytes(data, name=name)
    assert report.verdict is Verdict.NOT_CHECKED
    assert "pictures are for eyes" in (report.not_checked or "")
    assert all(finding.verdict is Verdict.INFO for finding in report.findings)


@pytest.mark.parametrize(
    "data", [png()[:-20], jpeg()[:9], b"GIF89a", b"", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff"]
)
def test_a_broken_picture_is_not_checked(data):
    assert check_bytes(data, name="x.png").not_checked
