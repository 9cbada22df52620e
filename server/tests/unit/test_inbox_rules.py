"""How channels look, and when somebody is there."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pocketdesk.inboxes import rules
from pocketdesk.inboxes.model import Availability, Holiday, OpenHours, Standing
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.kernel.refusal import Invalid

USUAL = msgspec.to_builtins(Availability())
NINE_TO_FIVE = tuple(OpenHours(day=day, opens=9 * 60, closes=17 * 60) for day in range(5))


def at(zone: str, words: str, *, fold: int = 0) -> int:
    """A moment by the clock on the wall: `2026-11-25 09:00`."""
    local = datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(local.timestamp()) * 1_000


def by_hours(zone: str, *hours: OpenHours, holidays: tuple[str, ...] = (), **more: Any) -> Availability:
    days = tuple(Holiday(date=date.fromisoformat(day)) for day in holidays)
    return rules.clean_availability(
        Availability(kind="hours", time_zone=zone, hours=hours, holidays=days, **more)
    )


def hours(day: int, opens: str, closes: str) -> OpenHours:
    def minute(words: str) -> int:
        hour, _, rest = words.partition(":")
        return 60 * int(hour) + int(rest)

    return OpenHours(day=day, opens=minute(opens), closes=minute(closes))


# What may be set.


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "sometimes"}, "availability.kind"),
        ({"time_zone": "Mars/Olympus"}, "availability.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "availability.time_zone"),
        ({"time_zone": ""}, "availability.time_zone"),
        ({"kind": "hours"}, "availability.hours"),
        ({"hours": [{"day": 7, "opens": 0, "closes": 1}]}, "availability.hours.0.day"),
        ({"hours": [{"day": 0, "opens": 0, "closes": 1_441}]}, "availability.hours.0.closes"),
        ({"hours": [{"day": 0, "opens": -1, "closes": 60}]}, "availability.hours.0.opens"),
        ({"hours": [{"day": 0, "opens": 0}]}, "availability.hours.0.closes"),
        (
            {"hours": [{"day": 0, "opens": 540, "closes": 600}, {"day": 1, "opens": 600, "closes": 540}]},
            "availability.hours.1.closes",
        ),
        ({"hours": [{"day": 0, "opens": 540, "closes": 540}]}, "availability.hours.0.closes"),
        (
            {"hours": [{"day": 0, "opens": 599, "closes": 700}, {"day": 0, "opens": 540, "closes": 600}]},
            "availability.hours.0.opens",
        ),
        ({"holidays": [{"date": "2026-02-30", "name": ""}]}, "availability.holidays.0.date"),
        ({"holidays": [{"date": "2026-12-25"}]}, "availability.holidays.0.name"),
        ({"holidays": [{"date": "2026-12-25", "name": ""}] * 2}, "availability.holidays.1.date"),
        ({"reply_time": "soon"}, "availability.reply_time"),
        ({"away": "return_time"}, "availability.away"),
        ({"away_text": "  "}, "availability.away_text"),
        ({"outside_text": "x" * 2_001}, "availability.outside_text"),
        ({"color": "red"}, "availability.color"),
    ],
)
def test_E02_E05_E06_a_wrong_setting_is_refused_at_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.clean_availability(rules.parse_availability(USUAL | change))
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("key", USUAL)
def test_availability_says_everything(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.parse_availability({name: value for name, value in USUAL.items() if name != key})
    assert list(refusal.value.fields) == [f"availability.{key}"]


def test_hours_and_holidays_come_in_order_and_may_touch() -> None:
    found = by_hours(
        "Europe/Amsterdam",
        hours(1, "13:00", "17:00"),
        hours(0, "9:00", "12:00"),
        hours(1, "9:00", "13:00"),
        holidays=("2027-01-01", "2026-12-25"),
        away_text=" Gone \n",
    )
    assert [(each.day, each.opens) for each in found.hours] == [(0, 540), (1, 540), (1, 780)]
    assert [each.date.year for each in found.holidays] == [2026, 2027]
    assert found.away_text == "Gone"


def test_E02_zones_are_known_on_machines_that_bring_none() -> None:
    zoneinfo.reset_tzpath(())
    try:
        assert "Europe/Amsterdam" in zoneinfo.available_timezones()
        kathmandu = zoneinfo.ZoneInfo.no_cache("Asia/Kathmandu")
        assert datetime(2026, 11, 25, tzinfo=kathmandu).utcoffset() == timedelta(hours=5, minutes=45)
    finally:
        zoneinfo.reset_tzpath()


# What holds at a moment.


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-25 08:59", False),
        ("2026-11-25 09:00", True),
        ("2026-11-25 16:59", True),
        ("2026-11-25 17:00", False),
        ("2026-11-28 12:00", False),
        ("2026-12-25 12:00", False),
    ],
)
def test_E02_open_within_the_hours_of_the_zone(moment: str, expected: bool) -> None:
    for zone in ("Europe/Amsterdam", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham"):
        availability = by_hours(zone, *NINE_TO_FIVE, holidays=("2026-12-25",))
        assert rules.is_open(availability, at(zone, moment)) is expected


def test_E02_summer_time_moves_the_hours_with_the_clock() -> None:
    """Amsterdam goes to summer time on 29 March and back on 25 October 2026."""
    zone = "Europe/Amsterdam"
    availability = by_hours(zone, *(hours(day, "9:00", "17:00") for day in range(7)))
    for day, utc in (("2026-03-28", 8), ("2026-03-29", 7), ("2026-10-24", 7), ("2026-10-25", 8)):
        opens = int(datetime.fromisoformat(f"{day} {utc:02}:00+00:00").timestamp()) * 1_000
        assert not rules.is_open(availability, opens - 1)
        assert rules.is_open(availability, opens)
        assert rules.next_opening(availability, opens - 1) == opens


def test_E02_hours_that_the_clock_skips_or_repeats() -> None:
    zone = "Europe/Amsterdam"
    night = by_hours(zone, hours(6, "2:30", "3:30"))
    spring = rules.next_opening(night, at(zone, "2026-03-28 12:00"))
    assert spring == at(zone, "2026-03-29 03:00"), (
        "02:30 does not exist: it opens when the clock jumps over it"
    )
    autumn = rules.next_opening(night, at(zone, "2026-10-24 12:00"))
    assert autumn == at(zone, "2026-10-25 02:30", fold=0)
    assert rules.next_opening(night, at(zone, "2026-10-25 02:00", fold=1)) == at(
        zone, "2026-10-25 02:30", fold=1
    )
    skipped = by_hours(zone, hours(6, "2:15", "2:45"))
    assert rules.next_opening(skipped, at(zone, "2026-03-28 12:00")) == at(zone, "2026-04-05 02:15")


def test_E06_the_next_opening_passes_over_nights_weekends_and_holidays() -> None:
    zone = "Asia/Tokyo"
    availability = by_hours(zone, *NINE_TO_FIVE, holidays=("2026-11-30",))
    assert rules.next_opening(availability, at(zone, "2026-11-26 17:00")) == at(zone, "2026-11-27 09:00")
    assert rules.next_opening(availability, at(zone, "2026-11-27 17:00")) == at(zone, "2026-12-01 09:00")
    assert rules.next_opening(availability, at(zone, "2026-11-27 09:00")) == at(zone, "2026-12-01 09:00")


def test_E06_hours_over_midnight_are_one_opening() -> None:
    zone = "Europe/Lisbon"
    availability = by_hours(zone, hours(4, "20:00", "24:00"), hours(5, "0:00", "2:00"))
    assert rules.next_opening(availability, at(zone, "2026-11-27 21:00")) == at(zone, "2026-12-04 20:00")


def test_E06_a_weekly_hour_can_fall_on_a_hundred_holidays() -> None:
    monday = date(2026, 11, 30)
    days = tuple((monday + timedelta(weeks=week)).isoformat() for week in range(100))
    availability = by_hours("UTC", hours(0, "9:00", "10:00"), holidays=days)
    found = rules.next_opening(availability, at("UTC", "2026-11-25 12:00"))
    assert found == at("UTC", (monday + timedelta(weeks=100)).isoformat() + " 09:00")


ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Amsterdam",
        "America/New_York",
        "America/St_Johns",
        "America/Santiago",
        "America/Havana",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
    ]
)


@st.composite
def availabilities(draw: st.DrawFn) -> Availability:
    """Hours of some days, of which none overlap, and some holidays."""
    found: list[OpenHours] = []
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, 1_440), min_size=2, max_size=6)))
        found += [
            OpenHours(day=day, opens=opens, closes=closes)
            for opens, closes in zip(marks[::2], marks[1::2], strict=False)
        ]
    days = draw(st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=5))
    return by_hours(draw(ZONES), *found, holidays=tuple(day.isoformat() for day in days))


MOMENTS = st.integers(at("UTC", "2026-01-01 00:00"), at("UTC", "2027-12-31 00:00"))


@given(availabilities(), MOMENTS)
@example(by_hours("America/Santiago", hours(5, "23:00", "24:00")), at("UTC", "2026-04-05 01:30"))
def test_E06_nothing_is_open_before_the_next_opening(availability: Availability, now: int) -> None:
    found = rules.next_opening(availability, now)
    if found is None:
        assert len(availability.hours) == len(availability.holidays) == 0
        return
    assert found > now
    assert rules.is_open(availability, found)
    assert not rules.is_open(availability, found - 1)
    was_open = rules.is_open(availability, now)
    for moment in range(now - now % MINUTE + MINUTE, min(found, now + 60 * HOUR), 7 * MINUTE):
        is_open = rules.is_open(availability, moment)
        assert was_open or not is_open, "it would have opened earlier"
        was_open = is_open


@given(availabilities(), MOMENTS)
def test_E02_open_means_what_the_clock_on_the_wall_says(availability: Availability, now: int) -> None:
    local = datetime.fromtimestamp(now / 1_000, UTC).astimezone(ZoneInfo(availability.time_zone))
    minute = local.hour * 60 + local.minute
    expected = any(
        each.day == local.weekday() and each.opens <= minute < each.closes for each in availability.hours
    ) and local.date() not in {holiday.date for holiday in availability.holidays}
    assert rules.is_open(availability, now) is expected


# What visitors are shown.

NOON, NIGHT = at("UTC", "2026-11-25 12:00"), at("UTC", "2026-11-25 22:00")


@pytest.mark.parametrize(
    ("settings", "now", "anybody", "expected"),
    [
        ({}, NIGHT, False, Standing("open", "chat")),
        ({"reply_time": "hours"}, NIGHT, False, Standing("open", "chat", reply_time="hours")),
        ({"kind": "users", "reply_time": "day"}, NIGHT, True, Standing("open", "chat", reply_time="day")),
        ({"kind": "users", "reply_time": "day"}, NOON, False, Standing("away", "message")),
        ({"kind": "users", "away_text": "Gone"}, NOON, False, Standing("away", "message", "Gone")),
        ({"kind": "users", "away": "hide"}, NOON, False, Standing("away", "hide")),
        ({"kind": "users", "away": "nothing"}, NOON, False, Standing("away", "chat")),
        ({"kind": "hours"}, NOON, False, Standing("open", "chat")),
        (
            {"kind": "hours"},
            NIGHT,
            True,
            Standing("closed", "return_time", returns_at=at("UTC", "2026-11-26 09:00")),
        ),
        ({"kind": "hours", "outside": "hide"}, NIGHT, True, Standing("closed", "hide")),
        ({"kind": "hours", "outside": "nothing"}, NIGHT, True, Standing("closed", "chat")),
        ({"kind": "hours", "outside": "message"}, NIGHT, True, Standing("closed", "message")),
        (
            {"kind": "hours", "outside": "message", "outside_text": "Closed"},
            NIGHT,
            True,
            Standing("closed", "message", "Closed"),
        ),
    ],
)
def test_E01_E03_E04_E05_E06_E07_what_is_shown(
    settings: dict[str, Any], now: int, anybody: bool, expected: Standing
) -> None:
    availability = rules.clean_availability(Availability(hours=NINE_TO_FIVE, **settings))
    assert rules.standing(availability, now, anybody_available=anybody) == expected


# Looks.


@given(st.integers(0, 0xFFFFFF))
def test_D15_words_on_the_accent_are_readable(color: int) -> None:
    accent = f"#{color:06x}"
    assert rules.contrast(accent, rules.accent_text(accent)) >= 4.5


def test_D15_a_pale_accent_is_warned_about() -> None:
    assert rules.contrast_warning("#0f62fe") is None
    assert rules.contrast_warning("#ffd000") == pytest.approx(1.46, abs=0.02)
