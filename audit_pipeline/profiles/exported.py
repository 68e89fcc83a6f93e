"""A profile for other programs, as Parquet or JSON, with or without its small cells."""

import io
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa

from audit_pipeline.domain.masking import FEWEST
from audit_pipeline.profiles.encoding.codec import VERSION, write_content
from audit_pipeline.profiles.encoding.encoded import encode
from audit_pipeline.profiles.masking.masked import masked
from audit_pipeline.profiles.profile import Profile


def as_parquet(profile: Profile, *, full: bool = False) -> bytes:
    """Return a profile as a Parquet file; docs/reference/profile-format.md describes it.

    Args:
        profile: The profile.
        full: With the cells of fewer than ten rows, and the least and greatest value of each bin.
            Such a file is for those only who may see the rows.
    """
    content, table = _content(profile, full=full)
    sink = io.BytesIO()
    write_content(content, table, sink)
    return sink.getvalue()


def as_json(profile: Profile, *, full: bool = False) -> str:
    """Return the same as one JSON object: the scalars, and under `rows` the rows.

    What a row leaves out is null. Whole numbers may have more than 53 bits.
    """
    content, table = _content(profile, full=full)
    rows = [
        {key: _plain(value) for key, value in row.items() if value is not None}
        for row in table.to_pylist()
    ]
    return json.dumps(content | {"rows": rows}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _content(profile: Profile, *, full: bool) -> tuple[dict[str, Any], pa.Table]:
    header, table = encode(profile) if full else masked(profile)
    content: dict[str, Any] = {"version": VERSION, "profile": header}
    return content if full else content | {"masked": True, "fewest_rows": FEWEST}, table


def _plain(value: object) -> object:
    return int(value) if isinstance(value, Decimal) else value
