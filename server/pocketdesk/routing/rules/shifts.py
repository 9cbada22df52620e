"""When somebody is there, from hours of the week to moments."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pocketdesk.inboxes.model import OpenHours
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.routing.model import Shift


def shifts_between(hours: Iterable[OpenHours], time_zone: str, start: int, end: int) -> tuple[Shift, ...]:
    """The shifts of weekly hours that touch a stretch of time, by the clock on the wall."""
    zone = ZoneInfo(time_zone)
    day = to_datetime(start).astimezone(zone).date() - timedelta(days=1)
    last = to_datetime(end).astimezone(zone).date()
    weekly = sorted(hours, key=lambda each: each.opens)
    found: list[Shift] = []
    while day <= last:
        for each in weekly:
            if each.day == day.weekday():
                shift = Shift(_moment(day, each.opens, zone), _moment(day, each.closes, zone))
                # A change of the clocks can swallow a short one.
                if shift.start < shift.end and shift.end > start and shift.start < end:
                    found.append(shift)
        day += timedelta(days=1)
    return tuple(found)


def _moment(day: date, minute: int, zone: ZoneInfo) -> int:
    days, rest = divmod(minute, 1_440)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return int(wall.astimezone(UTC).timestamp()) * 1_000
