"""The walk over a UBJSON document: whole ones pass, and every shorter one does not."""

import struct

import pytest

from audit_pipeline.models.ubjson import is_whole
from audit_pipeline_tests.models.trained import classifier


def test_a_model_is_whole_and_none_of_its_beginnings_is() -> None:
    content = bytes(classifier().save_raw("ubj"))
    assert is_whole(content)
    assert [end for end in range(len(content)) if is_whole(content[:end])] == []
    assert not is_whole(content + b"\0")


@pytest.mark.parametrize(
    "content",
    [
        b"Z",
        b"[TFi\x01]",
        b"{U\x01aSU\x02hi}",
        b"[$d#U\x02" + bytes(8),
        b"[#U\x02i\x01Cx",
        b"{$i#U\x01U\x01a\x05",
        b"[$[#U\x02]]",
    ],
)
def test_each_shape_of_the_specification_is_walked(content: bytes) -> None:
    assert is_whole(content)
    assert not is_whole(content[:-1])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SL" + struct.pack(">q", 1 << 60),
        b"SL" + struct.pack(">q", -1),
        b"[$d#L" + struct.pack(">q", 1 << 40),
        b"[$d]",
        b"[" * 100_000,
        b"x",
    ],
    ids=["empty", "huge string", "negative", "huge array", "no count", "deep", "unknown"],
)
def test_what_would_lead_a_reader_astray_is_refused(content: bytes) -> None:
    assert not is_whole(content)


def test_an_endless_row_of_nothings_ends() -> None:
    assert not is_whole(b"[$Z#L" + struct.pack(">q", (1 << 62)) + b"x")
