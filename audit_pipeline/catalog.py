"""Find extensions by where they live: one module, one extension, one name.

A metric, source kind, model format or report section is a module that exports one object under an
agreed name. The module's own name is the extension's name, so there is no list to keep in step.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import TypeVar

T = TypeVar("T")

NOT_EXTENSIONS = frozenset({"base", "catalog", "scopes"})


class CatalogError(Exception):
    """An extension module breaks the one-module-one-extension rule."""


def discover(package: ModuleType, export: str, kind: type[T]) -> Mapping[str, T]:
    """Return every `export` found in the leaf modules of `package`, by module name.

    Modules named as in `NOT_EXTENSIONS` hold what the extensions of a package share.

    Args:
        package: The package to search, at any depth.
        export: The attribute each module must define, such as `METRIC`.
        kind: The type that attribute must have.

    Raises:
        CatalogError: A module lacks the export, has the wrong type, or repeats a name.
    """
    found: dict[str, T] = {}
    for info in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
        name = info.name.rpartition(".")[2]
        if info.ispkg or name in NOT_EXTENSIONS:
            continue
        item = getattr(importlib.import_module(info.name), export, None)
        if not isinstance(item, kind):
            msg = f"{info.name} must define {export} as a {kind.__name__}, not {item!r}."
            raise CatalogError(msg)
        if name in found:
            msg = f"{info.name} repeats the name {name!r}; extension names are unique."
            raise CatalogError(msg)
        found[name] = item
    return MappingProxyType(dict(sorted(found.items())))
