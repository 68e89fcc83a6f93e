"""Read an audit file, or say what is wrong with it: file, line, what was found, what to write."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.keys import keys_at
from audit_pipeline.audits.lines import LinedYaml, Location
from audit_pipeline.audits.sentences import close_match, sentence
from audit_pipeline.audits.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one place."""

    line: int
    where: str
    what: str


class AuditFileError(Exception):
    """An audit file cannot be used; lists every problem found, not only the first."""

    def __init__(self, path: Path, problems: Collection[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.where, p.what)))
        super().__init__(
            "\n".join(
                f"{path.name}:{p.line}: {p.where + ': ' if p.where else ''}{p.what}"
                for p in self.problems
            )
        )


@dataclass(frozen=True, slots=True)
class AuditFile:
    """An audit, where its file stands, and the bytes that were read, with their SHA-256."""

    audit: Audit
    path: Path
    sha256: str
    raw: bytes


def read_audit(path: Path, vocabulary: Vocabulary, raw: bytes | None = None) -> AuditFile:
    """Return the audit that `path` describes, or that `raw` did when it stood there.

    Relative paths in it are relative to the file's folder.

    Raises:
        AuditFileError: The file is unreadable or wrong; the message lists every problem.
    """
    try:
        raw = path.read_bytes() if raw is None else raw
    except OSError as error:
        raise AuditFileError(path, [Problem(1, "", f"cannot be read: {error.strerror}")]) from None
    document = read_document(path, raw)
    audit = _Reading(path, document, vocabulary).audit()
    return AuditFile(audit=audit, path=path, sha256=hashlib.sha256(raw).hexdigest(), raw=raw)


def read_document(path: Path, raw: bytes) -> LinedYaml:
    """Return the YAML that stands in the file at `path`.

    Raises:
        AuditFileError: It is no YAML; says in which line.
    """
    try:
        return LinedYaml(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AuditFileError(
            path, [Problem(line, "", "is not UTF-8 text; save it as UTF-8")]
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"is no valid YAML: {error.problem or error.context}"
        raise AuditFileError(path, [Problem(line, "", what)]) from None
    except yaml.reader.ReaderError as error:
        line = raw.decode("utf-8")[: error.position].count("\n") + 1
        what = f"holds the character U+{error.character:04X}, which YAML does not have: take it out"
        raise AuditFileError(path, [Problem(line, "", what)]) from None
    except yaml.YAMLError as error:
        raise AuditFileError(path, [Problem(1, "", f"is no valid YAML: {error}")]) from None


class _Reading:
    """One file on its way to an audit; problems are gathered as they are met."""

    def __init__(self, path: Path, document: LinedYaml, vocabulary: Vocabulary) -> None:
        self.path, self.document, self.vocabulary = path, document, vocabulary
        self.problems: list[Problem] = []

    def audit(self) -> Audit:
        data = self.document.data
        if not isinstance(data, dict):
            what = "is empty" if data is None else f"holds a {type(data).__name__}, not keys"
            raise AuditFileError(self.path, [Problem(1, "", f"{what}; see the tutorial")])
        data = {str(key): value for key, value in data.items()}
        for side in ("current", "baseline"):
            if isinstance(data.get(side), dict):
                data[side] = self._tables(side, data[side])
        model = data.get("model")
        if isinstance(model, dict) and isinstance(model.get("trained_on"), dict):
            table = self._table(("model", "trained_on"), model["trained_on"])
            data["model"] = model | {"trained_on": table}
        audit = self._validated(data)
        if audit is not None:
            self._check_names(audit)
        if self.problems or audit is None:
            raise AuditFileError(self.path, self.problems)
        return audit

    def _tables(self, side: str, tables: dict[str, Any]) -> dict[str, Any]:
        return {
            role: self._table((side, role), raw) if isinstance(raw, dict) else raw
            for role, raw in tables.items()
        }

    def _table(self, location: Location, raw: dict[str, Any]) -> object:
        kind, kinds = str(raw.get("kind")), self.vocabulary.sources
        if kind not in kinds:
            found = f"found kind {kind!r}" if "kind" in raw else "the key 'kind' is missing"
            hint = close_match(kind, kinds)
            self._add(location, f"{found}; write one of {', '.join(kinds)}{hint}")
            return _UNREADABLE
        settings = {key: value for key, value in raw.items() if key != "kind"}
        try:
            read = kinds[kind].model_validate(settings, context={"folder": self.path.parent})
        except ValidationError as error:
            self._explain(error, location, kinds[kind])
            return _UNREADABLE
        return {"kind": kind, "settings": read}

    def _validated(self, data: dict[str, Any]) -> Audit | None:
        try:
            audit = Audit.model_validate(data)
        except ValidationError as error:
            self._explain(error, (), Audit)
            return None
        if audit.model is not None:
            model = audit.model.model_copy(
                update={"path": (self.path.parent / audit.model.path).resolve()}
            )
            audit = audit.model_copy(update={"model": model})
        return audit

    def _check_names(self, audit: Audit) -> None:
        if audit.name != self.path.stem:
            self._add(
                ("name",),
                f"found {audit.name!r} in a file named {self.path.name}; name both alike",
            )
        self._check_limits(audit)
        for rule in audit.named_rules:
            if rule.name in self.vocabulary.metrics:
                self._add(("rules",), f"a rule is named {rule.name!r}, which is a metric's name")
        formats = self.vocabulary.model_formats
        if audit.model and audit.model.format not in formats:
            self._add(
                ("model", "format"),
                f"found {audit.model.format!r}; write one of {', '.join(formats)}",
            )

    def _check_limits(self, audit: Audit) -> None:
        metrics = self.vocabulary.metrics
        for metric, settings in audit.limits.items():
            if metric not in metrics:
                hint = close_match(metric, metrics)
                self._add(("limits", metric), f"there is no metric {metric!r}{hint}")
                continue
            for keys, what in settings.mistakes(metrics[metric]):
                self._add(("limits", metric, *keys), what)

    def _explain(self, error: ValidationError, at: Location, model: type[BaseModel]) -> None:
        told = set[Location]()
        for item in error.errors(include_url=False):
            place = self.document.present((*at, *item["loc"]))
            if item["type"] == "missing":
                place = (*place, item["loc"][-1])
            if _UNREADABLE_TEXT in str(item.get("input")) or place in told:
                continue  # said already, and better: a union says what each of its branches lacks
            told.add(place)
            self._add(place, sentence(item, keys_at(model, item["loc"])))

    def _add(self, location: Location, what: str) -> None:
        where = ".".join(str(step) for step in location)
        self.problems.append(Problem(self.document.line(location), where, what))


_UNREADABLE_TEXT = "<a table that could not be read>"
_UNREADABLE = {"kind": _UNREADABLE_TEXT}
