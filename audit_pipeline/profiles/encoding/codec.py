"""Write a profile to a Parquet file and read it back: typed, versioned, the same bytes each time.

Scalars stand as JSON in the schema's metadata under `audit_pipeline`, the rest in rows; see
docs/reference/profile-format.md.
"""

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.profiles.encoding.decoded import decode
from audit_pipeline.profiles.encoding.encoded import encode
from audit_pipeline.profiles.encoding.version_1 import decode_version_1
from audit_pipeline.profiles.profile import Profile

VERSION = 2
KEY = b"audit_pipeline"
PLACES = ["bin", "rows"]
"""Columns of whole numbers that grow slowly: written as differences."""
MEASURES = ["mass", "squares", "low", "high"]
"""Columns of doubles, which compress better with their first bytes together."""


class ProfileFormatError(Exception):
    """A file holds no profile of a version this program can read."""


def write_profile(profile: Profile, sink: pa.NativeFile) -> None:
    """Write `profile` to `sink` as Parquet."""
    header, table = encode(profile)
    write_content({"version": VERSION, "profile": header}, table, sink)


def write_content(content: dict[str, Any], table: pa.Table, sink: Any) -> None:  # noqa: ANN401 (path or file)
    """Write scalars and rows to `sink` as Parquet, as small as is cheap."""
    metadata = {KEY: _canonical(content)}
    encodings = dict.fromkeys(PLACES, "DELTA_BINARY_PACKED")
    encodings |= dict.fromkeys(MEASURES, "BYTE_STREAM_SPLIT")
    texts = [field.name for field in table.schema if field.name not in encodings]
    pq.write_table(
        table.replace_schema_metadata(metadata),
        sink,
        compression="zstd",
        use_dictionary=texts,
        column_encoding=encodings,
    )


def read_profile(source: Any) -> Profile:  # noqa: ANN401 (path, buffer or file)
    """Return the profile that `source` holds, of this version or the one before.

    A profile of version 1 has no exact sums, no scores by group, no products, residuals or volume.

    Raises:
        ProfileFormatError: It holds none, one of another version, or one that was masked.
    """
    try:
        table = pq.read_table(source)
    except pa.ArrowInvalid as error:
        raise ProfileFormatError(f"{source} holds no profile: {error}") from None
    raw = (table.schema.metadata or {}).get(KEY)
    content = json.loads(raw) if raw else {}
    version = content.get("version")
    if content.get("masked"):
        raise ProfileFormatError(
            f"{source} holds a profile without its small cells, from which nothing can be measured:"
            " export it with --full"
        )
    if version == 1:
        return decode_version_1(content["profile"], table)
    if version != VERSION:
        raise ProfileFormatError(
            f"{source} holds a profile of version {version}, this program reads versions 1 and"
            f" {VERSION}: run the audit again with --again"
        )
    return decode(content["profile"], table)


def content_address(profile: Profile) -> str:
    """Return the SHA-256 of what a profile says, as 64 hexadecimal digits.

    Whichever engine counted it: `engine` is left out, so equal counts have one address wherever
    the rows were. Compression, and the version of the library that writes Parquet, have no part in
    it: it is taken of the scalars as canonical JSON and of the rows column by column. An address
    changes with the version of the format.
    """
    header, table = encode(profile)
    digest = hashlib.sha256(_canonical({"version": VERSION, "profile": header | {"engine": None}}))
    for field in table.schema:
        digest.update(f"\n{field.name}\n".encode())
        digest.update(_bytes(table[field.name].combine_chunks()))
    return digest.hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(column: pa.Array) -> bytes:
    """Return numbers as little-endian 64 bits behind one byte each that says if they are there."""
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return _canonical_texts(column)
    there = np.asarray(column.is_valid(), np.uint8).tobytes()
    numbers = np.asarray(column.fill_null(0))
    return there + numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()


def _canonical_texts(column: pa.Array) -> bytes:
    """Return texts, and whole numbers of up to 38 digits, as one JSON list."""
    listed = [None if each is None else str(each) for each in column.to_pylist()]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
