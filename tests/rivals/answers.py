"""What other Python libraries answer to the questions of docs/explanation/compared.md, asked anew on each run.

``python answers.py <peer>`` prints the answers of one of them as JSON. Each question has one second of the
processor, whatever else the machine does: some never end, and one goes on to the year 9999, which takes two or more.
"""

from __future__ import annotations

import json
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from inspect import signature
from zoneinfo import ZoneInfo

Answers = Mapping[str, Callable[[], object]]

NEW_YORK = "America/New_York"
TUESDAY = datetime(2026, 3, 3)
WEDNESDAY = date(2026, 3, 4)
THREE_DAYS = timedelta(days=3)
CLOCKS_GO_BACK = datetime(2026, 11, 1)
MAKE_UP_SUNDAY = date(2025, 1, 26)
LONGEST = 1


class _TooLong(BaseException):
    """The second is over; not an Exception, so that nobody's handler catches it."""


def _hours(amount: timedelta) -> str:
    return f"{amount / timedelta(hours=1):g} h"


def _seconds(amount: timedelta) -> str:
    return f"{amount / timedelta(seconds=1):g} s"


def _servicekit() -> Answers:
    from servicekit import Calendar

    def desk(hours: str | list[str], zone: str = "UTC") -> Callable[[datetime, datetime], timedelta]:
        compiled = Calendar(timezone=zone, weekly={"mon-sun": hours}).compile()
        return lambda a, b: compiled.elapsed(a.replace(tzinfo=ZoneInfo(zone)), b.replace(tzinfo=ZoneInfo(zone)))

    china = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": "09:00-17:00"}, holidays=["CN"]).compile()
    day = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    aware = TUESDAY.replace(tzinfo=UTC)
    eight = timedelta(hours=8)
    return {
        "night": lambda: _hours(desk("22:00-06:00")(TUESDAY.replace(hour=22), TUESDAY + timedelta(hours=30))),
        "back": lambda: _hours(desk("00:00-06:00", NEW_YORK)(CLOCKS_GO_BACK, CLOCKS_GO_BACK.replace(hour=6))),
        "lunch": lambda: _hours(desk(["09:00-12:00", "13:00-17:00"])(TUESDAY, TUESDAY + timedelta(days=1))),
        "holiday": lambda: _hours(
            Calendar(timezone="UTC", weekly="24x7", extra_holidays=[WEDNESDAY])
            .compile()
            .elapsed(aware, aware + THREE_DAYS)
        ),
        "reversed": lambda: _hours(desk("09:00-17:00")(TUESDAY.replace(hour=12), TUESDAY.replace(hour=10))),
        "split second": lambda: _seconds(
            day.elapsed(aware.replace(hour=10), aware.replace(hour=10, microsecond=500_000))
        ),
        "closing": lambda: "open" if day.is_open(aware.replace(hour=17)) else "closed",
        "exact fit": lambda: f"{day.add(aware.replace(hour=9), eight):%a %H:%M}",
        "naive": lambda: day.is_open(TUESDAY),
        "never open": lambda: Calendar(timezone="UTC").compile().add(aware, eight),
        "make-up": lambda: "worked" if china.is_business_day(MAKE_UP_SUNDAY) else "off",
        "unannounced": lambda: china.is_business_day(MAKE_UP_SUNDAY.replace(year=2099)),
    }


def _businesstimedelta() -> Answers:
    import businesstimedelta as peer
    import holidays
    import pytz

    def desk(start: time, end: time, zone: str = "UTC", *more: object) -> object:
        rule = peer.WorkDayRule(start_time=start, end_time=end, working_days=range(7), tz=pytz.timezone(zone))
        return peer.Rules([rule, *more])

    def elapsed(rules: object, start: datetime, end: datetime, zone: str = "UTC") -> timedelta:
        tz = pytz.timezone(zone)
        found: timedelta = rules.difference(tz.localize(start), tz.localize(end)).timedelta
        return found

    day = desk(time(9), time(17))
    ten = TUESDAY.replace(hour=10)
    lunch = peer.LunchTimeRule(start_time=time(12), end_time=time(13), working_days=range(7))
    china = desk(time(9), time(17), "UTC", peer.HolidayRule(holidays.country_holidays("CN")))
    week = peer.WorkDayRule(start_time=time(9), end_time=time(17), working_days=range(5), tz=pytz.utc)
    shanghai = peer.Rules([week, peer.HolidayRule(holidays.country_holidays("CN"))])
    off = peer.HolidayRule({WEDNESDAY: "moving"})
    sunday = datetime.combine(MAKE_UP_SUNDAY, time())
    unknown = datetime(2099, 1, 26)  # a Monday
    return {
        "night": lambda: _hours(
            elapsed(desk(time(22), time(6)), TUESDAY.replace(hour=22), TUESDAY + timedelta(hours=30))
        ),
        "back": lambda: _hours(
            elapsed(desk(time(0), time(6), NEW_YORK), CLOCKS_GO_BACK, CLOCKS_GO_BACK.replace(hour=6), NEW_YORK)
        ),
        "lunch": lambda: _hours(elapsed(desk(time(9), time(17), "UTC", lunch), TUESDAY, TUESDAY + timedelta(days=1))),
        "holiday": lambda: _hours(elapsed(desk(time(0), time(23, 59, 59), "UTC", off), TUESDAY, TUESDAY + THREE_DAYS)),
        "reversed": lambda: _hours(elapsed(day, TUESDAY.replace(hour=12), TUESDAY.replace(hour=10))),
        "split second": lambda: _seconds(elapsed(day, ten, ten.replace(microsecond=500_000))),
        "closing": lambda: _lacks(day, "is_open"),
        "exact fit": lambda: (
            f"{pytz.utc.localize(TUESDAY.replace(hour=9)) + peer.BusinessTimeDelta(day, hours=8):%a %H:%M}"
        ),
        "naive": lambda: _answers(day.difference(TUESDAY, TUESDAY + timedelta(days=1))),
        "never open": lambda: pytz.utc.localize(TUESDAY) + peer.BusinessTimeDelta(peer.Rules([]), hours=1),
        "make-up": lambda: "worked" if elapsed(shanghai, sunday, sunday + timedelta(days=1)) else "off",
        "unannounced": lambda: _answers(elapsed(china, unknown, unknown + timedelta(days=1))),
    }


def _business_duration() -> Answers:
    from business_duration import businessDuration

    def elapsed(start: datetime, end: datetime, opens: time, closes: time, unit: str = "hour") -> float:
        return float(businessDuration(start, end, opens, closes, [], None, unit))

    ny = ZoneInfo(NEW_YORK)
    back, six = CLOCKS_GO_BACK.replace(tzinfo=ny), CLOCKS_GO_BACK.replace(hour=6, tzinfo=ny)
    ten = TUESDAY.replace(hour=10)
    nine_to_five, off = (time(9), time(17)), {WEDNESDAY: "moving"}
    arguments = ", ".join(signature(businessDuration).parameters)
    return {
        "night": lambda: f"{elapsed(TUESDAY.replace(hour=22), TUESDAY + timedelta(hours=30), time(22), time(6)):g} h",
        "back": lambda: f"{elapsed(back, six, time(0), time(6)):g} h",
        "lunch": lambda: "no breaks" if "break" not in arguments and "lunch" not in arguments else arguments,
        "reversed": lambda: f"{elapsed(TUESDAY.replace(hour=12), ten, *nine_to_five):g}",
        "split second": lambda: f"{elapsed(ten, ten.replace(microsecond=500_000), *nine_to_five, 'sec'):g} s",
        "closing": lambda: _lacks(sys.modules["business_duration"], "is_open"),
        "exact fit": lambda: _lacks(sys.modules["business_duration"], "add"),
        "naive": lambda: _answers(elapsed(ten, TUESDAY.replace(hour=12), *nine_to_five)),
        "holiday": lambda: (
            f"{businessDuration(TUESDAY, TUESDAY + THREE_DAYS, time(0), time(23, 59, 59), [], off, 'hour'):g} h"
        ),
        "never open": lambda: _lacks(sys.modules["business_duration"], "add"),
        "make-up": lambda: _lacks_parameter(arguments, "working"),
        "unannounced": lambda: _lacks_parameter(arguments, "country"),
    }


def _pandas() -> Answers:
    import pandas as pd
    import pandas.tseries.holiday as known

    def desk(
        start: str | list[str], end: str | list[str], week: str = "Mon Tue Wed Thu Fri Sat Sun"
    ) -> pd.offsets.BaseOffset:
        return pd.offsets.CustomBusinessHour(start=start, end=end, weekmask=week)

    def added(at: str, hours: int, offset: pd.offsets.BaseOffset, zone: str | None = None) -> timedelta:
        start = pd.Timestamp(at, tz=zone)
        return ((start + hours * offset).tz_convert("UTC") if zone else start + hours * offset) - start

    def own_list() -> str:
        return "own list" if not [name for name in dir(known) if "China" in name] else "has China"

    day = desk("09:00", "17:00")
    return {
        "night": lambda: f"+7 h takes {_hours(added('2026-03-03 22:00', 7, desk('22:00', '06:00')))}",
        "back": lambda: f"+5 h takes {_hours(added('2026-11-01', 5, desk('00:00', '06:00'), NEW_YORK))}",
        "lunch": lambda: (
            f"+4 h takes {_hours(added('2026-03-03 09:00', 4, desk(['09:00', '13:00'], ['12:00', '17:00'])))}"
        ),
        "reversed": lambda: _lacks(day, "elapsed"),
        "split second": lambda: desk("09:00:30", "17:00"),
        "closing": lambda: "open" if day.is_on_offset(pd.Timestamp("2026-03-03 17:00")) else "closed",
        "exact fit": lambda: f"{pd.Timestamp('2026-03-03 09:00') + 8 * day:%a %H:%M}",
        "naive": lambda: _answers(pd.Timestamp("2026-03-03 09:00") + day),
        "never open": lambda: pd.Timestamp("2026-03-03 09:00") + desk("09:00", "17:00", ""),
        "holiday": lambda: desk("00:00", "24:00"),
        "make-up": own_list,
        "unannounced": own_list,
    }


def _numpy() -> Answers:
    import numpy as np

    minutes = np.datetime64("2026-03-03T10:00"), np.datetime64("2026-03-04T12:00")

    def days_only() -> str:
        try:
            np.busday_count(*minutes)
        except TypeError:
            return "days only"
        return "hours"

    return {
        **dict.fromkeys(
            ["night", "back", "lunch", "holiday", "split second", "closing", "exact fit", "naive"], days_only
        ),
        "reversed": lambda: f"{np.busday_count('2026-03-05', '2026-03-03')} days",
        "never open": lambda: np.busday_offset("2026-03-03", 1, weekmask="0000000"),
        "make-up": lambda: "worked" if np.is_busday(MAKE_UP_SUNDAY) else "off",
        "unannounced": lambda: _answers(np.is_busday(MAKE_UP_SUNDAY.replace(year=2099))),
    }


def _workalendar() -> Answers:
    from workalendar.asia import China
    from workalendar.core import Calendar, WesternCalendar

    class Never(WesternCalendar):
        WEEKEND_DAYS = tuple(range(7))

    def days_only() -> str:
        return "days only" if not [name for name in dir(Calendar) if "hour" in name or "time" in name] else "hours"

    return {
        **dict.fromkeys(
            ["night", "back", "lunch", "holiday", "split second", "closing", "exact fit", "naive"], days_only
        ),
        "reversed": lambda: f"{WesternCalendar().get_working_days_delta(date(2026, 3, 5), date(2026, 3, 3))} days",
        "never open": lambda: Never().add_working_days(date(2026, 3, 3), 1),
        "make-up": lambda: "worked" if China().is_working_day(MAKE_UP_SUNDAY) else "off",
        "unannounced": lambda: _answers(China().is_working_day(date(2099, 1, 26))),
    }


def _exchange_calendars() -> Answers:
    import exchange_calendars as peer
    import pandas as pd

    new_york = peer.get_calendar("XNYS", start="2022-01-01", end="2023-12-31")
    shanghai = peer.get_calendar("XSHG", start="2025-01-01")
    close = pd.Timestamp("2022-11-25 18:00", tz="UTC")

    def own_hours() -> str:
        return "its exchanges" if "weekly" not in signature(peer.get_calendar).parameters else "own hours"

    def lunch() -> str:
        minutes = shanghai.session_minutes("2025-03-04")
        return f"{len(minutes) / 60:g} h in Shanghai"

    return {
        **dict.fromkeys(["night", "back", "holiday"], own_hours),
        "lunch": lunch,
        "reversed": lambda: f"{len(new_york.minutes_in_range(close, close - pd.Timedelta(hours=2)))} minutes",
        "split second": lambda: _lacks(new_york, "elapsed"),
        "closing": lambda: "open" if new_york.is_open_on_minute(close) else "closed",
        "exact fit": lambda: _lacks(new_york, "add"),
        "naive": lambda: _answers(new_york.is_open_on_minute(pd.Timestamp("2022-11-25 17:30"))),
        "never open": own_hours,
        "make-up": lambda: "session" if shanghai.is_session(MAKE_UP_SUNDAY.isoformat()) else "no session",
        "unannounced": lambda: shanghai.is_session("2099-01-26"),
    }


def _lacks(thing: object, word: str) -> str:
    return "cannot ask" if not [name for name in dir(thing) if word in name.lower()] else f"has {word}"


def _lacks_parameter(parameters: str, word: str) -> str:
    return "own list" if word not in parameters.lower() else f"has {word}"


def _answers(answer: object) -> str:
    return "answers" if answer is not None else "refuses"


PEERS: Mapping[str, Callable[[], Answers]] = {
    "servicekit": _servicekit,
    "businesstimedelta": _businesstimedelta,
    "business_duration": _business_duration,
    "pandas": _pandas,
    "numpy": _numpy,
    "workalendar": _workalendar,
    "exchange_calendars": _exchange_calendars,
}


def answer(ask: Callable[[], object]) -> str:
    """The answer in the words of the page: what is returned, the error's name, or that it never ends."""
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        return str(ask())
    except _TooLong:
        return "hangs"
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer
        return type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(*_: object) -> None:
    raise _TooLong


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, _stop)
    print(json.dumps({key: answer(ask) for key, ask in PEERS[sys.argv[1]]().items()}))  # noqa: T201 - read by the test
