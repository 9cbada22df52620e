"""When somebody is there: hours by the clock on the wall of their time zone, whatever summer time does to it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.inboxes.model import Availability, Holiday, OpenHours, Standing
from pocketdesk.inboxes.rules.parts import clean_words, parse_part
from pocketdesk.kernel.moments import MINUTE, to_datetime
from pocketdesk.kernel.refusal import Invalid

_DAY_MINUTES = 1_440
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


# What may be set.


def parse_availability(value: object, field: str = "availability") -> Availability:
    """Availability from decoded JSON, not yet cleaned. `Invalid` names the field."""
    return parse_part(value, Availability, field)


def clean_availability(availability: Availability, field: str = "availability") -> Availability:
    """With hours and holidays in order and texts trimmed.

    `Invalid` at the field: an unknown zone, hours that end before they begin, overlap, or are none at all where they
    count, a holiday twice, a text without words.
    """
    if availability.time_zone not in _time_zones():
        raise Invalid({f"{field}.time_zone": "unknown time zone"})
    _check_hours(availability.hours, field)
    if availability.kind == "hours" and not availability.hours:
        raise Invalid({f"{field}.hours": "must not be empty"})
    holidays: dict[date, Holiday] = {}
    for place, holiday in enumerate(availability.holidays):
        if holiday.date in holidays:
            raise Invalid({f"{field}.holidays.{place}.date": "is there twice"})
        name = clean_name(holiday.name, f"{field}.holidays.{place}.name") if holiday.name.strip() else ""
        holidays[holiday.date] = Holiday(date=holiday.date, name=name)
    return msgspec.structs.replace(
        availability,
        hours=tuple(sorted(availability.hours, key=_place)),
        holidays=tuple(holidays[day] for day in sorted(holidays)),
        away_text=clean_words(availability.away_text, f"{field}.away_text"),
        outside_text=clean_words(availability.outside_text, f"{field}.outside_text"),
    )


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_ZONES


def _check_hours(hours: tuple[OpenHours, ...], field: str) -> None:
    for place, each in enumerate(hours):
        if each.closes <= each.opens:
            raise Invalid({f"{field}.hours.{place}.closes": "must be later than the opening"})
    places = sorted(range(len(hours)), key=lambda place: _place(hours[place]))
    for earlier, later in pairwise(places):
        if hours[earlier].day == hours[later].day and hours[later].opens < hours[earlier].closes:
            raise Invalid({f"{field}.hours.{later}.opens": "overlaps with other hours of that day"})


def _place(hours: OpenHours) -> tuple[int, int, int]:
    return hours.day, hours.opens, hours.closes


# What holds at a moment.


def is_open(availability: Availability, now: int) -> bool:
    """Whether the hours, if any are kept, include this moment (UTC milliseconds)."""
    if availability.kind != "hours":
        return True
    local = to_datetime(now).astimezone(ZoneInfo(availability.time_zone))
    minute = 60 * local.hour + local.minute
    return any(hours.opens <= minute < hours.closes for hours in _hours_of(availability, local.date()))


def next_opening(availability: Availability, now: int) -> int | None:
    """The first moment after `now` at which the hours begin, in UTC milliseconds; None if they never do."""
    if availability.kind != "hours":
        return None
    zone = ZoneInfo(availability.time_zone)
    today = to_datetime(now).astimezone(zone).date()
    # Each week, a holiday can take the only day with hours; a change of the clocks can take the only hours of a day.
    days = 7 * (len(availability.holidays) + 3)
    for day in (today + timedelta(days=ahead) for ahead in range(days)):
        if not _hours_of(availability, day):
            continue
        for moment in _beginnings(availability, zone, day):
            if moment > now and is_open(availability, moment) and not is_open(availability, moment - 1):
                return moment
    return None


def standing(availability: Availability, now: int, *, anybody_available: bool) -> Standing:
    """Whether somebody is there, and what a visitor is shown.

    `anybody_available`: whether one of the users who may be assigned is; it counts only where availability is by users.
    """
    if availability.kind == "users" and not anybody_available:
        if availability.away == "message":
            return Standing("away", "message", availability.away_text)
        return Standing("away", "hide" if availability.away == "hide" else "chat")
    if is_open(availability, now):
        return Standing("open", "chat", reply_time=availability.reply_time)
    match availability.outside:
        case "hide":
            return Standing("closed", "hide")
        case "nothing":
            return Standing("closed", "chat")
        case "message":
            return Standing("closed", "message", availability.outside_text)
        case "return_time":
            returns_at = next_opening(availability, now)
            if returns_at is None:
                return Standing("closed", "message", availability.outside_text)
            return Standing("closed", "return_time", returns_at=returns_at)


def _hours_of(availability: Availability, day: date) -> tuple[OpenHours, ...]:
    if any(holiday.date == day for holiday in availability.holidays):
        return ()
    return tuple(hours for hours in availability.hours if hours.day == day.weekday())


def _beginnings(availability: Availability, zone: ZoneInfo, day: date) -> Iterator[int]:
    """Moments of a local day at which hours may begin, in order."""
    first, last = _midnight(zone, day), _midnight(zone, day + timedelta(days=1))
    if last - first == _DAY_MINUTES * MINUTE:
        yield from sorted(first + hours.opens * MINUTE for hours in _hours_of(availability, day))
    else:  # the clocks change: some minutes are missing, or there twice
        yield from range(first, last, MINUTE)


def _midnight(zone: ZoneInfo, day: date) -> int:
    moment = datetime.combine(day, time(), zone).astimezone(UTC)
    return int(moment.timestamp()) * 1_000
