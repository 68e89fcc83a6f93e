"""What measuring costs: `python -m audit_pipeline_tests.benchmarks CASE …`, or `--help`.

Prints one JSON line per case. Ratios are of figures taken in one run on one machine: compare
those, not the seconds.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from audit_pipeline_tests.benchmarks.alerted import alerted, idle
from audit_pipeline_tests.benchmarks.children import child
from audit_pipeline_tests.benchmarks.drift import drift, growth_exponent
from audit_pipeline_tests.benchmarks.embedded import load, warm_run
from audit_pipeline_tests.benchmarks.on_engines import ENGINES
from audit_pipeline_tests.benchmarks.outputs import outputs
from audit_pipeline_tests.benchmarks.whole_audit import whole_audit
from audit_pipeline_tests.benchmarks.wide import wide
from audit_pipeline_tests.benchmarks.with_lineage import with_lineage


def main(words: Sequence[str] | None = None) -> None:
    """Run the case named on the command line."""
    asked = parser().parse_args(words)
    for figures in asked.run(asked):
        sys.stdout.write(json.dumps({"case": asked.case, **figures}) + "\n")
        sys.stdout.flush()


def parser() -> argparse.ArgumentParser:
    """Return what the command line understands."""
    told = argparse.ArgumentParser(
        prog="python -m audit_pipeline_tests.benchmarks", description=__doc__
    )
    cases = told.add_subparsers(dest="case", required=True, metavar="CASE")
    each = cases.add_parser("drift", help=_drift.__doc__, description=_drift.__doc__)
    _sized(each)
    each.add_argument(
        "--against", choices=["evidently"], help="measure this, too, on the same files"
    )
    each.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="where to measure")
    each.set_defaults(run=_drift)
    each = cases.add_parser("outputs", help=_outputs.__doc__, description=_outputs.__doc__)
    _sized(each)
    each.set_defaults(run=_outputs)
    each = cases.add_parser("audit", help=_audit.__doc__, description=_audit.__doc__)
    _sized(each)
    each.set_defaults(run=_audit)
    each = cases.add_parser("wide", help=_wide.__doc__, description=_wide.__doc__)
    each.add_argument("--columns", type=int, nargs="+", default=[1000], help="features")
    each.add_argument("--rows", type=int, default=5000, help="rows of each of the two windows")
    each.set_defaults(run=_wide)
    each = cases.add_parser("lineage", help=_lineage.__doc__, description=_lineage.__doc__)
    each.add_argument("--columns", type=int, nargs="+", default=[30], help="features")
    each.add_argument("--rows", type=int, default=5000, help="rows of each of the two windows")
    each.add_argument("--times", type=int, default=5, help="audits of each way; the median counts")
    each.set_defaults(run=_lineage)
    each = cases.add_parser("alerted", help=_alerted.__doc__, description=_alerted.__doc__)
    each.add_argument("--times", type=int, default=20, help="how often data lands")
    each.add_argument("--seed", type=int, default=1, help="of the random moments at which it does")
    each.set_defaults(run=_alerted)
    each = cases.add_parser("idle", help=_idle.__doc__, description=_idle.__doc__)
    each.add_argument("--audits", type=int, nargs="+", default=[3], help="in the home")
    each.add_argument("--seconds", type=float, default=180, help="how long to watch")
    each.set_defaults(run=_idle)
    for name, run in {"load": load, "warm_run": warm_run}.items():
        cases.add_parser(name, help=run.__doc__, description=run.__doc__).set_defaults(
            run=lambda _, run=run: [run()]
        )
    return told


def _sized(case: argparse.ArgumentParser) -> None:
    case.add_argument(
        "--rows",
        type=int,
        nargs="+",
        default=[1_000_000],
        help="rows of each of the two windows; several sizes tell how time grows",
    )
    case.add_argument(
        "--times", type=int, default=1, help="how often to measure; the median counts"
    )
    case.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="where to keep the made rows for the next time (about 0.4 GB for a million)",
    )


def _drift(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Drift of all columns: from two Parquet files to finished numbers, beside a bare scan."""
    told = []
    for rows in asked.rows:
        with windows(asked.data, rows) as folder:
            told.append(
                drift(folder, engine=asked.engine, times=asked.times, against=asked.against)
            )
        yield told[-1]
    if len(told) > 1:
        yield growth_exponent(told)


def _outputs(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What a profile costs beyond its columns: covariances, performance and fairness counts."""
    for rows in asked.rows:
        with windows(asked.data, rows) as folder:
            yield outputs(folder)


def _audit(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A whole audit with 50 rules, through the command line: time by stage, and memory."""
    for rows in asked.rows:
        with windows(asked.data, rows) as folder:
            yield whole_audit(folder, rows)


def _wide(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A whole audit of a table with very many columns."""
    for columns in asked.columns:
        yield wide(columns, asked.rows)


def _lineage(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Whole audits without lineage, with it, and while its backend hangs, in turn."""
    for columns in asked.columns:
        yield with_lineage(columns, asked.rows, asked.times)


def _alerted(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """From data that lands to the mail and the HTTP message, with Dagster's real daemon."""
    yield from alerted(asked.times, asked.seed)


def _idle(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What Dagster's daemon and web server cost while there is nothing to do."""
    for audits in asked.audits:
        yield idle(audits, asked.seconds)


@contextmanager
def windows(data: Path | None, rows: int) -> Iterator[Path]:
    """Give the folder of two made windows of so many rows each."""
    with tempfile.TemporaryDirectory() as passing:
        folder = (data or Path(passing)).absolute() / str(rows)
        child("windows", folder, rows)  # made elsewhere, for its memory is not to be counted here
        yield folder


if __name__ == "__main__":
    main()
