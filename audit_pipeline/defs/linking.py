"""How the UI calls what lineage knows: asset keys, links between their pages, names of columns."""

import hashlib
import re
from collections.abc import Sequence

import dagster as dg

from audit_pipeline.audits.home import lineage_namespace
from audit_pipeline.domain.lineage import WHOLE, Dataset

PARTS = 2
"""How much of a path is in a key: the file, and its folder."""
NAMED = 8
"""Things that a sentence names; of more it says how many."""


def key_of(dataset: Dataset, *, model: bool = False) -> dg.AssetKey:
    """Return the key of a dataset: of what an audit made, of a table, or of a model.

    Keys are of letters, digits and underscores alone, for any other has to be quoted where assets
    are selected. Where that, or the shortening of a path, loses something, a digest tells apart.
    """
    if is_ours(dataset):
        return dg.AssetKey(dataset.name.split("."))
    short, whole = _parts(dataset.name)
    safe = [_safe(part) for part in short]
    place = _safe(dataset.namespace)
    lossy = place != dataset.namespace and re.search(r"[^A-Za-z0-9:/.]", dataset.namespace)
    if safe != whole or lossy:
        digest = hashlib.sha256(str(dataset).encode()).hexdigest()
        safe[-1] += f"_{digest[:6]}"
    return dg.AssetKey([*(["model"] if model else ["source", place]), *safe])


def is_ours(dataset: Dataset) -> bool:
    """Return whether a dataset is what a stage asset makes, such as `loans.profile`."""
    return dataset.namespace == lineage_namespace() and dataset.name.count(".") == 1


def link(dataset: Dataset, *, model: bool = False, whole: bool = False) -> str:
    """Return a link to the page of a dataset's asset; `whole` names the audit that made it too."""
    key = key_of(dataset, model=model)
    return f"[{escaped(title_of(dataset, whole=whole))}](/assets/{'/'.join(key.path)})"


def title_of(dataset: Dataset, *, whole: bool = False) -> str:
    """Return what to call a dataset where there is little room: the end of its name."""
    if is_ours(dataset):
        return dataset.name.replace(".", " / ") if whole else dataset.name.rpartition(".")[2]
    return _parts(dataset.name)[0][-1] if "/" in dataset.name else dataset.name


def column_of(name: str, *, model: bool = False) -> str:
    """Return what a field is called: all rows of a table, and all of a model, have names too."""
    return name if name != WHOLE else ("model" if model else "all rows")


def code(text: str) -> str:
    """Return a name as Markdown that shows it as it is.

    >>> code("a_b*c")
    '`a_b*c`'
    """
    said = " ".join(text.split())
    fence = "``" if "`" in said else "`"
    space = " " if "`" in said else ""
    return f"{fence}{space}{said}{space}{fence}"


def escaped(text: str) -> str:
    r"""Return text as Markdown that shows it as it is, links and all.

    >>> escaped("a_b [c]")
    'a\\_b \\[c\\]'
    """
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def listed(names: Sequence[str], most: int = NAMED, between: str = ", ") -> str:
    """Return names in a row, the first few of them.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def _parts(name: str) -> tuple[list[str], list[str]]:
    """Return the parts of a name that stand in its key, and all of them."""
    if "/" not in name:
        return name.split("."), name.split(".")
    whole = [part for part in name.split("/") if part]
    return whole[-PARTS:], whole


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "_"
