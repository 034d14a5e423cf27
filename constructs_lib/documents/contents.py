"""What the documents of one workload say; each is made once, whichever pages ask for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from constructs_lib.documents.cost_memo import CostMemo, cost_memo
from constructs_lib.documents.pages.cost import cost_page
from constructs_lib.documents.pages.runbook import runbook_page
from constructs_lib.documents.pages.sla import sla_page
from constructs_lib.documents.pages.summary import summary_page
from constructs_lib.documents.runbook import Runbook, runbook
from constructs_lib.documents.sla_document import SlaDocument, sla_document

if TYPE_CHECKING:
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.documents.documented_workload import DocumentedWorkload

__all__ = ["Contents"]


class Contents:
    """The documents of *workload* before they are rendered."""

    def __init__(self, workload: DocumentedWorkload, prices: Prices) -> None:
        self._workload = workload
        self._prices = prices

    @cached_property
    def _sla(self) -> SlaDocument:
        return sla_document(self._workload)

    @cached_property
    def _runbook(self) -> Runbook:
        return runbook(self._workload)

    @cached_property
    def _cost(self) -> CostMemo:
        return cost_memo(self._workload, self._prices)

    def page(self, kind: str) -> dict[str, Any]:
        """Return the variables of the template *kind* (`sla`, `runbook`, `cost` or `summary`)."""
        common: dict[str, Any] = {
            "workload": self._workload,
            "terms": self._workload.terms,
            "scope": None if self._workload.whole.serves else self._workload.whole.scope,
        }
        match kind:
            case "sla":
                return common | sla_page(self._workload, self._sla)
            case "runbook":
                return common | runbook_page(self._workload, self._runbook)
            case "cost":
                return common | cost_page(self._cost)
            case _:
                return common | summary_page(self._workload, self._sla, self._runbook, self._cost)
