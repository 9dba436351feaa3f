"""How did March go, and what does the manager get? Run it, with the name of a file to keep the report; it prints:

829 cases opened, 50 open at the end
first_response: 800/828 promises kept, 96.6 %
acknowledgement: 142/143 promises kept, 99.3 %
resolution: 741/803 promises kept, 92.3 %
worst: T01545, a promise of 8h, late by 29 days, 14:46:46
"""

import sys
from pathlib import Path

from servicekit import ServiceDesk, ServicePolicy, TableMapping, read_cases
from servicekit.desk.service_period import PeriodReview
from servicekit.importers import as_of_instant
from servicekit.reports import PeriodReport, render, report_template
from servicekit.timeline import Period

folder = Path(__file__).parent / "service_desk"
mapping = TableMapping.load(folder / "columns.yaml")
desk = ServiceDesk(ServicePolicy.load(folder / "policy.yaml"))
review = PeriodReview(desk, Period.parse("2026-03"), compare="previous")
march = review.of(read_cases(folder / "tickets.csv", mapping), as_of=as_of_instant(mapping))
report = PeriodReport(report_template("monthly_service_report"), march)
for file in sys.argv[1:]:
    Path(file).write_text(render(report, "html", language="both"), "utf-8")

print(f"{march.backlog.created} cases opened, {march.backlog.closing} open at the end")
for metric in march.report.metrics:
    kept = march.report.total(metric).attainment.ratio("promised")
    print(f"{metric}: {kept} promises kept, {kept.percent()}")
worst = march.worst[0]
print(f"worst: {worst.case.case_id}, a promise of {worst.outcome.target}, late by {worst.late}")
