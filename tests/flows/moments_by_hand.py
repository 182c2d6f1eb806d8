"""What the metrics over the calendar mean, worked out one row and one moment at a time in plain Python."""
# ruff: noqa: DTZ001 (the times of the data have no zone)

import math
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from metrics_moments import BALANCES, CONVERTED, FAR, FILLED, FISCAL, MOVED, Asked, Row, Tables

Groups = dict[tuple[Any, ...], Any]


def answer(tables: Tables, asked: Asked) -> list[tuple[Any, ...]]:
    """The rows that the query must give."""
    found = [_metric(name, tables, asked) for name in asked.metrics]
    groups = {key for groups, _ in found for key in groups} if asked.keys else {()}
    rows = ((*key, *(values.get(key, missing) for values, missing in found)) for key in groups)
    return [tuple(row) for row in rows]


def _metric(name: str, tables: Tables, asked: Asked) -> tuple[Groups, Any]:
    """The groups with their values, and the value of a group that it lacks."""
    if name in MOVED:
        return _over_moments(name, tables, asked), None
    if name in FILLED:
        return _on_every_day(name, tables, asked)
    if name in CONVERTED:
        return _converted(name, tables, asked), None
    if name in BALANCES:
        return _balances(name, tables, asked), None
    if name in {"per_hit", "sales_per_hit"}:
        above, missing = _metric("total" if name == "per_hit" else "sold", tables, asked)
        below, none = _metric("hits", tables, asked)
        keys = {*above, *below}
        return {key: _over(above.get(key, missing), below.get(key, none)) for key in keys}, None
    rows = _sales(tables) if name == "sold" else _events(tables, "moment" if name == "ticks" else "day")
    if name == "busy":
        seen = [row["user_id"] for row in tables["events"]]
        rows = (row for row in rows if row["user_id"] is not None and seen.count(row["user_id"]) > 1)
        name = "total"
    counted = _grouped((row for row in rows if _kept(row, asked)), asked)
    value, fold = FOLDS[name]
    # A single row stands there for no rows at all too: counts are then zero.
    empty = fold([]) if not asked.keys else None
    return {
        key: fold([one for one in map(value, found) if one is not None]) for key, found in counted.items()
    }, empty


def _over(above: Any, below: Any) -> float | None:
    return None if above is None or not below else above / below


def _present(fold: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda values: fold(values) if values else None


def _float_sum(values: list[float]) -> float:
    return math.fsum(values) if all(map(math.isfinite, values)) else sum(values)


def _least(values: list[float]) -> float:
    numbers = [one for one in values if not math.isnan(one)]
    return min(numbers) if numbers else math.nan


def _greatest(values: list[float]) -> float:
    return math.nan if any(map(math.isnan, values)) else max(values)


def _quarter(values: list[Decimal]) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * 0.25
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return float(low) + float(high - low) * (place - math.floor(place))


def _most(values: list[int]) -> int:
    return sorted(values)[math.ceil(Decimal("0.9") * len(values)) - 1]


FOLDS: dict[str, tuple[Callable[[Row], Any], Callable[[list[Any]], Any]]] = {
    "total": (lambda row: row["amount"], _present(sum)),
    "cost": (lambda row: row["price"], _present(sum)),
    "score": (lambda row: row["score"], _present(_float_sum)),
    "worst": (lambda row: row["score"], _present(_least)),
    "best": (lambda row: row["score"], _present(_greatest)),
    "mean_price": (lambda row: row["price"], _present(lambda values: float(sum(values)) / len(values))),
    "people": (lambda row: row["user_id"], lambda values: len(set(values))),
    "hits": (lambda row: row["event_id"], len),
    "ticks": (lambda row: row["event_id"], len),
    "cheap": (lambda row: int(row["price"] is not None and row["price"] < 5), _present(sum)),
    "quarter": (lambda row: row["price"], _present(_quarter)),
    "most": (lambda row: row["amount"], _present(_most)),
    "sold": (lambda row: row["sale_id"], len),
}


def _events(tables: Tables, time: str) -> Iterator[Row]:
    for row in tables["events"]:
        yield _known(tables, row, row[time]) | {"event__kind": row["kind"]}


def _sales(tables: Tables) -> Iterator[Row]:
    for row in tables["sales"]:
        yield _known(tables, row, row["day"])


def _known(tables: Tables, row: Row, time: Any) -> Row:
    """The row with everything that joins to it."""
    user = next((one for one in tables["users"] if one["user_id"] == row["user_id"]), {})
    region = next((one for one in tables["regions"] if one["region_id"] == user.get("region_id", "")), {})
    area = next((one for one in tables["areas"] if one["area_id"] == region.get("area_id", "")), {})
    valid = [one for one in tables["levels"] if one["user_id"] == row["user_id"] and _valid(one, time)]
    return row | {
        "time": None if time is None else _moment(time),
        "fiscal": {_moment(one["day"]): one["fiscal"] for one in tables["days"]},
        "user": row["user_id"],
        "user__plan": user.get("plan"),
        "user__region__zone": region.get("zone"),
        FAR: area.get("continent"),
        "user__level": valid[0]["level"] if valid else None,
    }


def _valid(level: Row, time: Any) -> bool:
    if time is None:
        return False
    day = _moment(time)
    return _moment(level["since"]) <= day and (level["until"] is None or day < _moment(level["until"]))


def _moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)


def _floor(moment: datetime, grain: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0)
    match grain:
        case "minute":
            return moment.replace(second=0)
        case "hour":
            return moment.replace(minute=0, second=0)
        case "week":
            return day - timedelta(day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


_PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda one: one.year,
    "quarter": lambda one: (one.month + 2) // 3,
    "month": lambda one: one.month,
    "day": lambda one: one.day,
    "dow": lambda one: one.isoweekday(),
    "doy": lambda one: one.timetuple().tm_yday,
}


def _key(name: str, row: Row) -> Any:
    if not name.startswith("metric_time"):
        return row[name]
    cut, time = name.removeprefix("metric_time__"), row["time"]
    if time is None:
        return None
    if cut == "fiscal":
        return row["fiscal"].get(_floor(time, "day"))
    return _PARTS[cut.removeprefix("extract_")](time) if cut.startswith("extract_") else _floor(time, cut)


def _grouped(rows: Iterable[Row], asked: Asked) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(_key(name, row) for name in asked.keys), []).append(row)
    return groups


def _chosen(row: Row, asked: Asked) -> bool:
    for where in asked.where:
        if "user__plan" in where and row["user__plan"] != "free":
            return False
        if FAR in where and row[FAR] is not None:
            return False
        if "event__kind" in where and row["event__kind"] in {"a", None}:
            return False
    return True


def _finest(asked: Asked) -> str:
    order = ("minute", "hour", "day", "week", "month", "quarter", "year")
    asked_for = [name.removeprefix("metric_time__") for name in asked.keys if name.startswith("metric_time")]
    # A period of the calendar is made of days.
    grains = ["day" if one == "fiscal" else one for one in asked_for if one in {*order, "fiscal"}]
    return min(grains, key=order.index, default="day")


def _within(time: datetime | None, asked: Asked) -> bool:
    """The constraint holds for whole periods of the finest grain that is asked for, for days where none is."""
    if asked.between is None:
        return True
    if time is None:
        return False
    first, last = (datetime.fromisoformat(one) for one in asked.between)
    grain = _finest(asked)
    return _floor(first, grain) <= _floor(time, grain) <= _floor(last, grain)


def _kept(row: Row, asked: Asked) -> bool:
    return _chosen(row, asked) and _within(row["time"], asked)


def _minus_month(moment: datetime) -> datetime:
    year, month = (moment.year - 1, 12) if moment.month == 1 else (moment.year, moment.month - 1)
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _counts(name: str, time: datetime, moment: datetime) -> bool:
    """Whether a row of this day counts at this moment."""
    match name:
        case "so_far" | "so_far_last" | "so_far_mean":
            return time <= moment
        case "ten_days":
            return moment - timedelta(10) < time <= moment
        case "two_weeks_last":
            return moment - timedelta(14) < time <= moment
        case "month_to_date":
            return _floor(moment, "month") <= time <= moment
        case "year_to_date":
            return _floor(moment, "year") <= time <= moment
        case "week_before":
            return time == moment - timedelta(7)
        case "three_days_before":
            return time == moment - timedelta(3)
        case "month_before":
            return time == _minus_month(moment)
    return time == _floor(moment, "month")


def _over_moments(name: str, tables: Tables, asked: Asked) -> Groups:
    """Each moment has the rows that count there; of the moments of a period one stands for it."""
    periods: dict[tuple[Any, ...], dict[datetime, list[Any]]] = {}
    rows = [row for row in _events(tables, "day") if row["time"] is not None and _chosen(row, asked)]
    for day in tables["days"]:
        moment = _moment(day["day"])
        if not _within(moment, asked):
            continue
        whole = "metric_time__fiscal" in asked.keys
        earlier = _periods_earlier(tables, moment, FISCAL[name], whole=whole) if name in FISCAL else set()
        for row in rows:
            if row["time"] in earlier if name in FISCAL else _counts(name, row["time"], moment):
                key = tuple(_key(one, row | {"time": moment}) for one in asked.keys)
                periods.setdefault(key, {}).setdefault(moment, []).append(row["amount"])
    return {key: _of_period(name, moments) for key, moments in periods.items()}


def _periods_earlier(tables: Tables, moment: datetime, count: int, *, whole: bool) -> set[datetime]:
    """The day at the same place of a period that many periods earlier; as a whole, all of it at its first day."""
    periods: dict[str, list[datetime]] = {}
    for day in tables["days"]:
        periods.setdefault(day["fiscal"], []).append(_moment(day["day"]))
    ordered = list(periods.values())
    number = next(number for number, days in enumerate(ordered) if moment in days)
    before, place = ordered[number - count] if number >= count else [], ordered[number].index(moment)
    if whole:
        return set(before) if place == 0 else set()
    return {before[place]} if place < len(before) else set()


def _of_period(name: str, moments: dict[datetime, list[Any]]) -> Any:
    sums = {
        moment: _present(sum)([one for one in values if one is not None])
        for moment, values in moments.items()
    }
    if name.endswith("_mean") and len(sums) > 1:
        known = [one for one in sums.values() if one is not None]
        return sum(known) / len(known) if known else None
    return sums[max(sums) if name.endswith("_last") else min(sums)]


def _on_every_day(name: str, tables: Tables, asked: Asked) -> tuple[Groups, Any]:
    """Every period of the calendar stands there; where nothing was, other keys are null.

    A filter by a key that does not hold for null leaves such a period out.
    """
    rows = [row for row in _events(tables, "day") if row["time"] is not None and _kept(row, asked)]
    absent = 0 if name == "filled" else None
    periods = {}
    for day in tables["days"]:
        moment = _moment(day["day"])
        if _within(moment, asked):
            time = _key(asked.keys[0], {"time": moment})
            periods[time] = [row for row in rows if _key(asked.keys[0], row) == time]
    groups: Groups = {}
    for time, found in periods.items():
        for key, members in _grouped(found, asked).items():
            value = _present(sum)([row["amount"] for row in members if row["amount"] is not None])
            groups[key] = absent if value is None else value
        if not found and not any(
            one in where and one in asked.keys
            for where in asked.where
            for one in ("user__plan", "event__kind")
        ):
            groups[time, *(None for _ in asked.keys[1:])] = absent
    return groups, absent


def _converted(name: str, tables: Tables, asked: Asked) -> Groups:
    """Each sale counts in the group of the last event of its user before it."""
    events = [row for row in _events(tables, "day") if _kept(row, asked)]
    groups: Groups = dict.fromkeys(_grouped(events, asked))
    counts: dict[tuple[Any, ...], int] = {}
    for sale in tables["sales"]:
        met = [row for row in events if _leads(name, row, sale)]
        if met:
            latest = max(row["time"] for row in met)
            keys = [tuple(_key(one, row) for one in asked.keys) for row in met if row["time"] == latest]
            key = min(keys, key=lambda one: [(each is None, str(each)) for each in one])
            counts[key] = counts.get(key, 0) + 1
    if name == "rate_soon":
        hits = {key: len(found) for key, found in _grouped(events, asked).items()}
        return {key: _over(counts.get(key), hits[key]) for key in groups}
    return groups | counts


def _leads(name: str, event: Row, sale: Row) -> bool:
    if None in {event["time"], sale["day"], event["user_id"]} or event["user_id"] != sale["user_id"]:
        return False
    if name == "bought_alike" and (event["kind"] is None or event["kind"] != sale["kind"]):
        return False
    late = _moment(sale["day"])
    soon = name not in {"bought_soon", "rate_soon"} or event["time"] > late - timedelta(5)
    return bool(event["time"] <= late and soon)


def _balances(name: str, tables: Tables, asked: Asked) -> Groups:
    """The rows at the last day of each period, or at the first day of each period and user."""
    rows = [_known(tables, row, row["day"]) for row in tables["balances"]]
    rows = [row for row in rows if _kept(row, asked)]
    times = [one for one in asked.keys if one.startswith("metric_time")]
    windows: dict[tuple[Any, ...], list[datetime]] = {}
    choose = max if name == "closing" else min

    def window(row: Row) -> tuple[Any, ...]:
        own = () if name == "closing" else (row["user"],)
        return (*own, *(_key(one, row) for one in times))

    for row in rows:
        if row["time"] is not None:
            windows.setdefault(window(row), []).append(row["time"])
    kept = [row for row in rows if window(row) in windows and row["time"] == choose(windows[window(row)])]
    return {
        key: _present(sum)([one["amount"] for one in members if one["amount"] is not None])
        for key, members in _grouped(kept, asked).items()
    }
