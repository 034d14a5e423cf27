"""Assessment: a component and an objective to estimates, reasons and verdicts."""

from __future__ import annotations

from constructs_lib.assessment.assess import Assessment, Outlook, assess, outlook
from constructs_lib.assessment.estimate import Estimate, Reason, Verdict
from constructs_lib.assessment.uptime import Uptime
from constructs_lib.assessment.workload import WorkloadAssessment, WorkloadEstimate, assess_workload

__all__ = [
    "Assessment",
    "Estimate",
    "Outlook",
    "Reason",
    "Uptime",
    "Verdict",
    "WorkloadAssessment",
    "WorkloadEstimate",
    "assess",
    "assess_workload",
    "outlook",
]
