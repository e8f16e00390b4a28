"""Days and times among what is compared: in one unit, exactly, or not at all."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy
from numpy.typing import NDArray

__all__ = ["SPANS", "alike", "check_spans", "days_of"]

#: Arguments that are a length on the axis of what happens, and no place on it.
SPANS = frozenset({"above", "below", "scale", "sd", "sigma", "width"})


def _typed(one: object) -> Any:
    """A day, a time or a length of time as NumPy has it, with a time zone in UTC; anything else as it is."""
    # Those of pandas, which know nanoseconds.
    for as_numpy in ("to_datetime64", "to_timedelta64"):
        if hasattr(one, as_numpy):
            return getattr(one, as_numpy)()
    if isinstance(one, datetime.datetime):
        return numpy.datetime64(one if one.tzinfo is None else one.astimezone(datetime.timezone.utc).replace(tzinfo=None))
    if isinstance(one, datetime.date):
        return numpy.datetime64(one, "D")
    return numpy.timedelta64(one) if isinstance(one, datetime.timedelta) else one


def _is_day(one: object) -> bool:
    return isinstance(one, (numpy.datetime64, numpy.timedelta64)) and not bool(numpy.isnat(one))


def _unit(kind: numpy.dtype[Any]) -> str:
    unit, count = numpy.datetime_data(kind)
    return unit if count == 1 else f"{count}{unit}"


def _finest(units: set[str], what: str) -> str:
    """The finest of these units, of which all others are multiples."""
    try:
        return _unit(numpy.result_type(*(numpy.dtype(f"m8[{unit}]") for unit in units)))
    except TypeError:
        raise TypeError(f"{what} are in units that have no common one, {' and '.join(sorted(units))}: bring them to days, as by .astype('datetime64[D]')") from None


def _in_unit(array: NDArray[Any], unit: str, name: str) -> NDArray[Any]:
    """The same days or times in a finer unit."""
    there = array.astype(f"{array.dtype.kind}8[{unit}]")
    # NumPy goes round where a number has no place.
    if not numpy.array_equal(there.astype(array.dtype), array, equal_nan=True):
        raise ValueError(f"{name} holds {array.dtype} that lie outside of what {there.dtype}, the finest of the units given, reaches: bring all to one unit, as by .astype('{array.dtype}')")
    return there


def _of_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Objects that are days as an array of days; objects that are none as they are."""
    cells = [_typed(one) for one in array.flat]
    days = [one for one in cells if _is_day(one)]
    if not days:
        return array
    kinds = {one.dtype.kind for one in days}
    others = [one for one in cells if not (isinstance(one, (numpy.datetime64, numpy.timedelta64)) or one is None or one != one)]
    if len(kinds) > 1 or others:
        raise TypeError(f"{name} holds days and something else: {days[0]!r} and {others[0] if others else next(one for one in days if one.dtype.kind != days[0].dtype.kind)!r}")
    unit, kind = _finest({_unit(one.dtype) for one in days}, f"values of {name}"), kinds.pop()
    told = numpy.full(len(cells), "NaT", dtype=f"{kind}8[{unit}]")
    for at, one in enumerate(cells):
        if _is_day(one):
            told[at] = _in_unit(numpy.asarray(one), unit, name)
    return told.reshape(array.shape)


def days_of(values: Any, name: str) -> NDArray[Any] | None:
    """Values as an array of days, times or lengths of time, or nothing where there are none among them."""
    if isinstance(values, (list, tuple)) and any(isinstance(one, numpy.ma.MaskedArray) for one in values):
        values = numpy.ma.stack(values)
    hidden = numpy.ma.getmaskarray(values) if isinstance(values, numpy.ma.MaskedArray) else None
    array = numpy.asarray(values)
    if hidden is not None and array.dtype.kind in "mMO":
        array = array.copy()
        array[hidden] = numpy.datetime64("NaT") if array.dtype == object else "NaT"
    if array.dtype == object:
        array = _of_objects(array, name)
    return array if array.dtype.kind in "mM" and not bool(numpy.isnat(array).all()) else None


def check_spans(values: Any, name: str, why: str) -> None:
    """Whether values hold no days or times, but lengths of time or numbers: those of a rule in which 0 has a meaning.

    Raises
    ------
    TypeError
        If they do.
    """
    days = days_of(values, name)
    if days is not None and days.dtype.kind == "M":
        raise TypeError(f"{name} takes a length of time (timedelta64), not days or times ({days.dtype}): {why}")


def _has_unit(values: Any) -> bool:
    """Whether numbers beside days depend on the unit of these: 0, infinity and NaN are the same in all."""
    array = numpy.ma.compressed(values) if isinstance(values, numpy.ma.MaskedArray) else numpy.asarray(values)
    if array.dtype.kind not in "biuf":
        return array.dtype.kind not in "mM"
    return bool((numpy.isfinite(array) & (array != 0)).any())


def alike(arguments: Mapping[str, Any]) -> list[Any]:
    """What is compared with each other, by the names of the arguments: as it is, but for days and times, which become doubles in the finest of their units.

    Raises
    ------
    TypeError
        If places and lengths of time are mixed up, or the unit of a number beside days of several units cannot be told.
    ValueError
        If a time has no place in that unit, or none among the doubles.
    """
    found = {name: days_of(values, name) for name, values in arguments.items()}
    days = {name: array for name, array in found.items() if array is not None}
    if not days:
        return list(arguments.values())
    places = {name: array for name, array in days.items() if name not in SPANS}
    for name, array in days.items():
        if name in SPANS and array.dtype.kind == "M":
            raise TypeError(f"{name} takes a length of time (timedelta64), not days or times ({array.dtype})")
    if len({array.dtype.kind for array in places.values()}) > 1:
        raise TypeError(f"days and lengths of time cannot be compared: {', '.join(f'{name} is {array.dtype}' for name, array in places.items())}")
    units = {_unit(array.dtype) for array in days.values()}
    unit = _finest(units, " and ".join(days))
    if len(units) > 1:
        for name, values in arguments.items():
            if found[name] is None and _has_unit(values):
                raise TypeError(f"{name} is a number, whose unit cannot be told: {', '.join(f'{one} is {array.dtype}' for one, array in days.items())}; bring these to one unit, as by .astype('{next(iter(days.values())).dtype}')")
    told = []
    for name, values in arguments.items():
        told.append(_doubles(_in_unit(days[name], unit, name), name) if name in days else values)
    return told


def _doubles(array: NDArray[Any], name: str) -> NDArray[numpy.float64]:
    """Days and times as doubles, which know whole numbers up to 2^53."""
    counts = array.astype(numpy.int64)
    doubles = counts.astype(numpy.float64)
    gone = numpy.isnat(array)
    if not ((doubles.astype(numpy.int64) == counts) | gone).all():
        raise ValueError(f"{name} holds times that a double cannot tell apart in the unit {_unit(array.dtype)}: bring all to a coarser one, as by .astype('{array.dtype.kind}8[us]')")
    return numpy.where(gone, numpy.nan, doubles)
