"""A selection of AWS Backup: which resources it takes, as far as a plan tells."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.resource import blocks_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

__all__ = ["MAYBE", "NO", "OPEN", "YES", "Selection"]

NO: Final = "no"
YES: Final = "yes"
MAYBE: Final = "maybe"
OPEN: Final = "not known before apply"

_TYPES: Final = types_that("backup")
_TAG: Final = "aws:ResourceTag/"
_NOTHING_NAMED: Final = "AWS Backup refuses a selection that lists neither resources nor tags (selection_tag)"
_NO_TAG: Final = f"AWS Backup refuses a condition of a selection on a key that does not begin with {_TAG}"


class Selection:
    """What one selection selects.

    Resources match any of the ARNs or any of the tags (`selection_tag`), and then all conditions (AWS Backup API,
    BackupSelection, and AWS's knowledge center on assigning resources). Without ARNs and tags it would be all that
    meets the conditions, and is refused: "Either 'ListOfTags' or 'Resources' section must be non-empty" (tried by
    cdk-preflight, rules/backup/pf-backup-selection-requires-resources-or-tags and -conditions-key-prefix).
    """

    def __init__(self, side: Side, selection: Resource) -> None:
        self._selection = selection
        self._arns, self._open = self._patterns("resources")
        self._not, self._not_open = self._patterns("not_resources")
        self._named = {item.address for item in side.referred(selection, ("resources",))} if self._open else set()
        self._not_named = (
            {item.address for item in side.referred(selection, ("not_resources",))} if self._not_open else set()
        )
        self._tags = selection.blocks("selection_tag")
        self._tags_open = any(path.startswith("selection_tag") for path in selection.unknown)
        self._conditions = selection.blocks("condition")
        self._conditions_open = any(
            path.startswith("condition") for path in selection.unknown
        ) and not selection.left_out("condition")

    def _patterns(self, name: str) -> tuple[list[str], bool]:
        values = self._selection.get(name)
        known = [item for item in values if isinstance(item, str)] if isinstance(values, list) else []
        still = any(path == name or path.startswith(f"{name}.") for path in self._selection.unknown)
        return known, still and not self._selection.left_out(name)

    def takes(self, builder: ComponentBuilder) -> tuple[str, bool]:
        """Return whether the selection takes the component, and whether it names it."""
        named = builder.main.address in self._named or any(
            "*" not in pattern and _matches(pattern, builder.main) for pattern in self._arns
        )
        if builder.main.address in self._not_named or any(_matches(pattern, builder.main) for pattern in self._not):
            return NO, named
        answer = self._included(builder.main, named)
        if answer != NO:
            answer = min((answer, self._meets(builder.main)), key=(NO, MAYBE, YES).index)
        if answer == YES and self._not_open and not self._not_named:
            answer = MAYBE
        return answer, named

    def names(self, builder: ComponentBuilder) -> bool:
        """Whether an ARN of it, or of all of its service, is why it is taken."""
        named = (item for item in self._arns if (arn := parse_arn(item)) is not None and "*" not in arn.service)
        return builder.main.address in self._named or any(_matches(item, builder.main) for item in named)

    @property
    def refusal(self) -> str | None:
        """Why AWS Backup refuses to make it; None for one that it takes, or took already."""
        if not self._selection.created:
            return None
        if not (self._arns or self._open or self._tags or self._tags_open):
            return _NOTHING_NAMED
        keys = (item.get("key") for one in self._conditions for kind in _TESTS for item in blocks_in(one, kind))
        return _NO_TAG if any(isinstance(key, str) and not key.startswith(_TAG) for key in keys) else None

    def undocumented(self, main: Resource) -> Iterator[str]:
        """Yield that it is open what AWS Backup does with what lacks a tag that is to have another value."""
        asked = [item for one in self._conditions for kind in _NEGATED for item in blocks_in(one, kind)]
        keys = {str(item.get("key")).removeprefix(_TAG) for item in asked} - main.tags.keys()
        for key in sorted(keys) if not main.tags_unknown else ():
            yield f"whether a condition that negates takes what lacks the tag {key} is undocumented, and {OPEN}"

    def _included(self, main: Resource, named: bool) -> str:
        by_arn, by_tag = bool(self._arns or self._open), bool(self._tags or self._tags_open)
        if not by_arn and not by_tag:
            return YES if self._conditions or self._conditions_open else NO
        if named or any(_matches(pattern, main) for pattern in self._arns):
            return YES
        if any(main.tags.get(str(tag.get("key"))) == tag.get("value") is not None for tag in self._tags):
            return YES
        unsure = self._open and not self._named
        if by_tag and (main.tags_unknown or self._tags_open):
            unsure = True
        return MAYBE if unsure else NO

    def _meets(self, main: Resource) -> str:
        if self._conditions_open:
            return MAYBE
        tags, answer = main.tags, YES
        for condition in self._conditions:
            for kind, test in _TESTS.items():
                for item in blocks_in(condition, kind):
                    key, value = str(item.get("key") or ""), str(item.get("value") or "")
                    if not key.startswith(_TAG):
                        return MAYBE
                    given = tags.get(key[len(_TAG) :])
                    if not test(given, value):
                        return MAYBE if main.tags_unknown else NO
                    if given is None:
                        # "only those resources that you tagged" (AWS Backup API, Conditions) may leave it out.
                        answer = MAYBE
        return answer


_TESTS: Final[dict[str, Callable[[str | None, str], bool]]] = {
    "string_equals": lambda given, wanted: given == wanted,
    "string_not_equals": lambda given, wanted: given != wanted,
    "string_like": lambda given, wanted: given is not None and fnmatchcase(given, _literal(wanted)),
    "string_not_like": lambda given, wanted: given is None or not fnmatchcase(given, _literal(wanted)),
}

_NEGATED: Final = ("string_not_equals", "string_not_like")


def _literal(pattern: str) -> str:
    """Only the asterisk is special to AWS."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _matches(pattern: str, main: Resource) -> bool:
    """Whether an ARN with asterisks means *main*; a part of its ARN that is not known yet matches anything."""
    if pattern == "*":
        return True
    given = main.text("arn")
    if given is not None:
        return fnmatchcase(given, _literal(pattern))
    arn, form = parse_arn(pattern), _TYPES[main.type].arn
    assert form is not None, "what AWS Backup takes has an ARN"
    if arn is None:
        return fnmatchcase(f"arn:aws:{form.service}:", _literal(pattern))
    if not fnmatchcase(form.service, _literal(arn.service)):
        return False
    if arn.region not in ("", "*") and main.region is not None and not fnmatchcase(main.region, _literal(arn.region)):
        return False
    name = main.text(_TYPES[main.type].named_by[0])
    if name is None:
        return fnmatchcase(form.prefix, _literal(arn.resource)) or arn.resource.rstrip("*") == form.prefix
    return fnmatchcase(f"{form.prefix}{name}", _literal(arn.resource))
