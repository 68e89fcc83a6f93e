"""YAML with line numbers: every message about a file says where in it."""

from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from audit_pipeline.domain.storable import UNSTORABLE

Location = tuple[str | int, ...]


class LinedYaml:
    """A YAML document as plain data, and the line of each of its parts.

    Raises:
        yaml.YAMLError: The text is no YAML, or a mapping has one key twice.
    """

    def __init__(self, text: str) -> None:
        loader = _Loader(text)
        try:  # once for both: of a thousand files reading takes most of the time
            self._root = loader.get_single_node()
            self.data: Any = None if self._root is None else loader.construct_document(self._root)
        finally:
            loader.dispose()

    def line(self, location: Location) -> int:
        """Return the line, from 1, of the part at `location`, or of the nearest part above it."""
        found = self._root.start_mark.line + 1 if self._root is not None else 1
        for _, key in self._steps(location):
            found = key.start_mark.line + 1
        return int(found)

    def present(self, location: Location) -> Location:
        """Return the steps of `location` that are in the file.

        Pydantic's locations name the branches of unions too, which are not.
        """
        return tuple(step for step, _ in self._steps(location))

    def _steps(self, location: Location) -> Iterator[tuple[str | int, Any]]:
        node = self._root
        for step in location:
            inner = _child(node, step)
            if inner is not None:
                key, node = inner
                yield step, key


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:  # noqa: ANN401 (yaml's nodes)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key that stands twice: the second would silently win.

    It refuses text that neither a database nor a file can keep, which only an escape can say.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 (yaml's signature)
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(
                    problem="a key must be a word or a number; put text with braces in quotes",
                    problem_mark=key.start_mark,
                )
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:  # noqa: ANN401 (yaml's signature)
        """Return the text of a node."""
        value = super().construct_scalar(node)
        if found := UNSTORABLE.search(str(value)):
            raise yaml.MarkedYAMLError(
                problem=f"found the escape of U+{ord(found.group()):04X}, which is no character"
                " that can be kept: take it out, or write the character that is meant as it is",
                problem_mark=node.start_mark,
            )
        return value

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 (yaml's signature)
        """Return what a node says; a date or number that does not exist is an error with a line."""
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.MarkedYAMLError(
                problem=f"found {node.value!r}: {error}", problem_mark=node.start_mark
            ) from None
