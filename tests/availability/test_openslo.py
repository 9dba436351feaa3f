"""OpenSLO v1 in and out: nothing is dropped in silence, and what both sides can say comes back as it was."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from servicekit.availability import SRE_ALERTS, BurnAlert, OpenSlo, Slo, from_openslo, to_openslo
from servicekit.document import read
from servicekit.quantity import Ratio
from servicekit.testing.strategies import slos

WEB = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-availability
  displayName: SLO for web availability
  labels:
    env: [prod]
    team: [team-a, team-b]
    tier: first
  annotations: {example.com/dashboard: web}
spec:
  description: X% of search requests are successful
  service: web
  indicator:
    metadata: {name: web-successful-requests-ratio}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: 'sum(requests{code="200"})', factor: 1.50}}}
        total: {metricSource: {type: Prometheus, spec: {query: sum(requests)}}}
  timeWindow:
    - duration: 1w
      isRolling: false
      calendar: {startTime: 2022-01-01 12:00:00, timeZone: America/New_York}
  budgetingMethod: Timeslices
  objectives:
    - {displayName: Good, target: 0.995, timeSliceTarget: 0.95, timeSliceWindow: 1m}
    - {displayName: Better, targetPercent: 99.95, timeSliceTarget: 1, timeSliceWindow: 5}
  alertPolicies:
    - alertPolicyRef: on-call
    - kind: AlertPolicy
      metadata: {name: burns, displayName: It burns}
      spec:
        alertWhenBreaching: true
        alertWhenNoData: true
        conditions:
          - kind: AlertCondition
            metadata: {name: web-availability-2}
            spec:
              severity: page
              condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h}
        notificationTargets: [{targetRef: pager}]
    - kind: AlertPolicy
      metadata: {name: web-availability-3}
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: web-availability-3}
            spec:
              severity: page
              condition: {op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}
"""


def test_specification_comes_back_as_it_was_when_it_is_read_and_written() -> None:
    document = OpenSlo.parse(WEB)
    assert OpenSlo.parse(document.to_yaml()) == document
    assert OpenSlo.parse(document.to_json(), format="json") == document
    assert "factor: 1.50" in document.to_yaml()
    assert document.problems() == ()


def test_everything_left_behind_is_told_when_a_document_becomes_an_slo() -> None:
    loaded = from_openslo(OpenSlo.parse(WEB))
    assert {problem.code for problem in loaded.problems} == {"openslo.not-carried"}
    assert [problem.path for problem in loaded.problems] == [
        "metadata.labels",
        "metadata.annotations",
        "spec.indicator",
        "spec.alertPolicies[0]",
        "spec.alertPolicies[1].metadata",
        "spec.alertPolicies[1].spec.alertWhenNoData",
        "spec.alertPolicies[1].spec.notificationTargets",
        "spec.alertPolicies[2].spec.conditions[0]",
    ]
    slo = loaded.unwrap()
    assert (slo.indicator, slo.title, slo.timezone) == (
        "web-successful-requests-ratio",
        "SLO for web availability",
        "America/New_York",
    )
    assert [objective.target for objective in slo.objectives] == [Fraction("0.995"), Fraction("0.9995")]
    assert [str(objective.slice) for objective in slo.objectives] == ["0:01:00", "0:05:00"]
    assert [alert.factor for alert in slo.alerts] == [Fraction("14.4")]


def test_slo_of_the_document_judges_minutes_when_it_is_asked() -> None:
    good, better = from_openslo(OpenSlo.parse(WEB)).unwrap().compile().judge([Ratio(95, 100), Ratio(100, 100)])
    assert (good.value, better.value) == (Fraction(1), Fraction(1, 2))


@given(slos())
def test_slo_comes_back_as_it_was_when_it_goes_through_openslo(slo: Slo) -> None:
    written = to_openslo(slo)
    assert written.problems == ()
    back = from_openslo(OpenSlo.parse(written.unwrap().to_yaml()))
    assert back.problems == ()
    assert back.value == slo


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"empty_slices": "bad"}, ("openslo.not-expressible", "empty_slices")),
        ({"min_events": 5}, ("openslo.not-expressible", "min_events")),
        ({"alerts": SRE_ALERTS[:1]}, ("openslo.not-expressible", "alerts[0]")),
        ({"alerts": [BurnAlert(long="90s", factor=2)]}, ("openslo.not-expressible", "alerts[0]")),
        ({"objectives": [{"target": "2/3"}]}, ("openslo.not-expressible", "objectives[0].target")),
        ({"objectives": [{"target": "100%"}]}, ("openslo.not-expressible", "objectives[0].target")),
        ({"objectives": [{"target": "1%", "weight": "1/3"}]}, ("openslo.not-expressible", "objectives[0].weight")),
        ({"objectives": [{"target": "1%", "slice": "90s"}]}, ("openslo.not-expressible", "objectives[0].slice")),
        ({"objectives": [{"target": "1%", "weight": 0}]}, ("openslo.not-expressible", "objectives[0].weight")),
        (
            {"objectives": [{"target": "1%", "slice_target": "0%"}]},
            ("openslo.not-expressible", "objectives[0].slice_target"),
        ),
        ({"name": ""}, ("openslo.not-expressible", "name")),
        ({"timezone": "Asia/Shanghai"}, ("openslo.not-expressible", "timezone")),
        ({"objectives": [{"target": "1%", "indicator": "own"}]}, ("openslo.not-expressible", "indicator")),
        ({"service": ""}, ("openslo.service", "spec.service")),
        ({"indicator": ""}, ("openslo.indicator", "spec.indicator")),
    ],
)
def test_what_openslo_cannot_say_is_told_when_an_slo_is_written(
    changes: dict[str, object], expected: tuple[str, str]
) -> None:
    slo = Slo.model_validate({"name": "s", "service": "web", "indicator": "good", "objectives": [{"target": "99%"}]})
    written = to_openslo(slo.replace(**changes))
    assert expected in [(problem.code, problem.path) for problem in written.problems]


SMALL = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: small}
spec:
  service: web
  indicatorRef: good
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("openslo/v1", "openslo/v2", "document.value", "apiVersion"),
        ("kind: SLO", "kind: Service", "document.value", "kind"),
        ("service: web", "servce: web", "document.unknown-key", "spec.servce"),
        ("indicatorRef: good", "description: no", "openslo.indicator", "spec.indicator"),
        ("target: 0.99", "target: 1", "document.value", "spec.objectives[0].target"),
        ("target: 0.99", "displayName: x", "openslo.target", "spec.objectives[0].target"),
        ("target: 0.99", "{target: 0.99, targetPercent: 99}", "openslo.target", "spec.objectives[0].target"),
        ("{target: 0.99}", "{target: 0.99, indicatorRef: y}", "openslo.indicator", "spec.indicator"),
        ("Occurrences", "RatioTimeslices", "openslo.time-slice", "spec.objectives[0].timeSliceWindow"),
        ("Occurrences", "Timeslices", "openslo.time-slice", "spec.objectives[0].timeSliceTarget"),
        (
            "target: 0.99",
            "target: 0.99, timeSliceWindow: 1M",
            "openslo.time-slice",
            "spec.objectives[0].timeSliceWindow",
        ),
        ("28d", "28 days", "openslo.duration", "spec.timeWindow[0].duration"),
        ("28d", "0m", "openslo.duration", "spec.timeWindow[0].duration"),
        ("28d", "50000d", "availability.window", "spec.timeWindow[0].duration"),
        (
            "target: 0.99",
            "target: 0.99, timeSliceWindow: 99999999999999999999",
            "openslo.duration",
            "spec.objectives[0].timeSliceWindow",
        ),
        (", isRolling: true", "", "openslo.time-window", "spec.timeWindow[0].calendar"),
        (
            "isRolling: true}",
            "isRolling: true}, {duration: 1d, isRolling: true}",
            "openslo.time-window",
            "spec.timeWindow[1]",
        ),
    ],
)
def test_fault_is_told_with_its_place_when_the_specification_is_broken(
    old: str, new: str, code: str, path: str
) -> None:
    new = new.strip("{}") if new.startswith("{target") and old == "target: 0.99" else new
    loaded = read(OpenSlo, SMALL.replace(old, new))
    assert (code, path) in [(problem.code, problem.path) for problem in loaded.problems if problem.is_error]
    if loaded.value is not None:
        assert from_openslo(loaded.value).value is None


def test_window_is_assumed_aloud_when_the_document_names_none() -> None:
    loaded = from_openslo(OpenSlo.parse(SMALL.replace("  timeWindow: [{duration: 28d, isRolling: true}]\n", "")))
    assert [(problem.code, problem.severity) for problem in loaded.problems] == [("openslo.time-window", "warning")]
    assert loaded.unwrap().window.text == "rolling 28d"


def test_start_that_is_no_reading_is_told_when_the_window_is_made() -> None:
    calendar = "{duration: 1M, calendar: {startTime: noon, timeZone: UTC}}"
    loaded = read(OpenSlo, SMALL.replace("{duration: 28d, isRolling: true}", calendar))
    codes = [(problem.code, problem.path) for problem in loaded.problems]
    assert codes == [("availability.window", "spec.timeWindow[0].calendar.startTime")]


def test_composite_keeps_each_indicator_when_its_objectives_have_their_own() -> None:
    objectives = (
        "[{target: 0.99, indicatorRef: a, compositeWeight: 2.5}, {target: 0.9, indicatorRef: b, op: gte, value: 3}]"
    )
    text = SMALL.replace("  indicatorRef: good\n", "").replace("[{target: 0.99}]", objectives)
    loaded = from_openslo(OpenSlo.parse(text))
    assert [(each.indicator, each.weight) for each in loaded.unwrap().objectives] == [("a", Fraction(5, 2)), ("b", 1)]
    assert [problem.path for problem in loaded.problems] == ["spec.objectives[1].op", "spec.objectives[1].value"]
    assert to_openslo(loaded.unwrap()).unwrap().spec.objectives[0].composite_weight == Decimal("2.5")
