"""Numbers counted on a grid: what stays of a column once its rows are left behind."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


FARTHEST = 1e150
"""Distance from a grid's centre, in scales, at which its last bins begin: the square of a greater
one would have no double."""
PARTS = 1000
"""Into how many equal parts a heavy bin of a grid is refined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeavyBin:
    """A bin that held so much of the baseline that it is counted in parts, from `low` to `high`."""

    bin: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """An asinh grid: `bin = floor(resolution * asinh((x - centre) / scale))`.

    Linear near the centre, logarithmic in the tails, no clipping: beyond `FARTHEST` scales there is
    one last bin on each side. Centre, scale and heavy bins
    come from the baseline and are reused for every later window, so that histograms can be
    compared and merged. On a grid with heavy bins, bins are numbered `PARTS * bin + part`.
    """

    centre: float
    scale: float
    resolution: int = 1000
    heavy: tuple[HeavyBin, ...] = ()

    @property
    def last(self) -> int:
        """The bin of all that is greater than `FARTHEST`; `-last` is that of all that is less."""
        return int(self.resolution * np.arcsinh(FARTHEST)) + 1

    def edges(self, bins: "IntArray") -> "FloatArray":
        """Return the values at which bins, as numbered by this grid, begin."""
        heavy = {each.bin: each for each in self.heavy}
        with np.errstate(over="ignore"):
            return np.array([self._edge(int(number), heavy) for number in bins], np.float64)

    def _edge(self, number: int, heavy: Mapping[int, HeavyBin]) -> float:
        place, part = divmod(number, PARTS) if heavy else (number, 0)
        if part and place in heavy:
            cut = heavy[place]
            return cut.low + (cut.high - cut.low) * part / PARTS
        place += bool(part)  # a bin that is not heavy has one part only
        if abs(place) >= self.last and place != self.last:
            return math.inf if place > 0 else -math.inf
        return float(self.centre + self.scale * np.sinh(place / self.resolution))


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of finite numbers in ascending bins, each with its smallest and largest member.

    All arrays have one entry per non-empty bin. `counts` are rows; `mass` are the rows' weights
    (equal to `counts` in an unweighted audit), and what shares are taken of.
    """

    bins: IntArray
    counts: IntArray
    mass: FloatArray
    lows: FloatArray
    highs: FloatArray

    @property
    def rows(self) -> int:
        """Rows counted."""
        return int(self.counts.sum())

    @property
    def shares(self) -> FloatArray:
        """Share of the total mass in each bin; sums to 1."""
        return np.asarray(self.mass / self.mass.sum(), np.float64)

    @property
    def middles(self) -> FloatArray:
        """Half way between the smallest and the largest member of each bin."""
        return self.lows + (self.highs - self.lows) / 2

    @property
    def widths(self) -> FloatArray:
        """Distance from the smallest to the largest member of each bin; 0 for a single value."""
        return self.highs - self.lows


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedHistograms:
    """Two histograms of one grid over the union of their bins.

    `first` and `second` are shares; where a side has no row in a bin its share is 0 and its low
    and high are those of the other side.
    """

    bins: IntArray
    first: FloatArray
    second: FloatArray
    first_lows: FloatArray
    first_highs: FloatArray
    second_lows: FloatArray
    second_highs: FloatArray


def align(first: Histogram, second: Histogram) -> AlignedHistograms:
    """Return both histograms over the union of their bins, as shares."""
    bins = np.union1d(first.bins, second.bins)
    at_first, at_second = np.searchsorted(bins, first.bins), np.searchsorted(bins, second.bins)

    def spread(values: FloatArray, places: IntArray, fill: float) -> FloatArray:
        wide = np.full(len(bins), fill)
        wide[places] = values
        return wide

    lows = [spread(first.lows, at_first, np.nan), spread(second.lows, at_second, np.nan)]
    highs = [spread(first.highs, at_first, np.nan), spread(second.highs, at_second, np.nan)]
    return AlignedHistograms(
        bins=bins,
        first=spread(first.shares, at_first, 0.0),
        second=spread(second.shares, at_second, 0.0),
        first_lows=np.where(np.isnan(lows[0]), lows[1], lows[0]),
        first_highs=np.where(np.isnan(highs[0]), highs[1], highs[0]),
        second_lows=np.where(np.isnan(lows[1]), lows[0], lows[1]),
        second_highs=np.where(np.isnan(highs[1]), highs[0], highs[1]),
    )


EMPTY = Histogram(
    bins=np.zeros(0, np.int64),
    counts=np.zeros(0, np.int64),
    mass=np.zeros(0),
    lows=np.zeros(0),
    highs=np.zeros(0),
)
