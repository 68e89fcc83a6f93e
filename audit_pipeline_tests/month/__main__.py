"""A soak: `python -m audit_pipeline_tests.month --audits 20 --seeds 1 2 3`.

Lets a simulated month pass for each seed and holds what is left to all that is promised. Prints
what happened, and each promise that was broken; ends with 1 if one was.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from audit_pipeline_tests.month.accounts import violations
from audit_pipeline_tests.month.beginning import a_month
from audit_pipeline_tests.month.told import told
from audit_pipeline_tests.month.undisturbed import differs_from_undisturbed

SAMPLES = 2


def soak(folder: Path, seed: int, audits: int, days: int) -> tuple[str, list[str]]:
    """Let a month pass; return what happened, and every promise that was broken."""
    with a_month(folder / "month", seed, audits, days) as month:
        month.pass_by()
        broken = violations(month)
        broken += differs_from_undisturbed(month, folder / "clean", SAMPLES)
        return told(month), broken


def main(words: Sequence[str] | None = None) -> int:
    """Let the months of the seeds pass; return 1 if a promise was broken in one."""
    parser = argparse.ArgumentParser(
        prog="python -m audit_pipeline_tests.month", description=__doc__
    )
    parser.add_argument("--audits", type=int, default=20, help="at least 2, one of them of hours")
    parser.add_argument("--days", type=int, default=31, help="at least 5, the last is 31 March")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--keep", type=Path, help="a folder in which what is left is kept")
    asked = parser.parse_args(words)
    well = True
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory(prefix="month-") as folder:
            place = asked.keep / str(seed) if asked.keep else Path(folder)
            said, broken = soak(place, seed, asked.audits, asked.days)
        verdict = "\n".join(f"  BROKEN {each}" for each in broken) or "  OK"
        sys.stdout.write(f"{said}\n{verdict}\n")
        sys.stdout.flush()
        well = well and not broken
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
