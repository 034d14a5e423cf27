"""Version constraints of a Terraform provider: which versions one admits, and what it guarantees.

Follows Terraform's own reading, checked against `terraform init` by the tests: missing parts count as zero
(`> 5` is `> 5.0.0`), `~> 5.100` means `>= 5.100.0, < 6.0.0`, `~> 5.100.1` means `>= 5.100.1, < 5.101.0`, and
a prerelease is admitted only by its exact number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from constructs_lib.errors import InputError
from constructs_lib.refusal import shown

__all__ = ["DEFAULT_PROVIDER_CONSTRAINT", "admits", "guarantees_at_least"]

DEFAULT_PROVIDER_CONSTRAINT: Final = ">= 5.100, < 7.0"
"""The versions of `hashicorp/aws` the resources of this library are written for and tested against."""

_Triple = tuple[int, int, int]

_NUMBER = "([0-9]{1,9})"
_VERSION = re.compile(rf"{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?(?:-([0-9A-Za-z.-]+))?")
_TERM = re.compile(r"(=|!=|>=|<=|>|<|~>)?\s*([0-9][^\s]*)")


class _Version(msgspec.Struct, frozen=True):
    release: _Triple
    parts: int
    prerelease: str

    @classmethod
    def parse(cls, text: str, *, context: str) -> _Version:
        match = _VERSION.fullmatch(text.strip())
        if match is None:
            msg = (
                f"{context}: {shown(text)} is no version; write up to three numbers separated by dots, "
                f"as in 6, 5.100 or 6.22.0"
            )
            raise InputError(msg)
        major, minor, patch, prerelease = match.groups()
        return cls(
            release=(int(major), int(minor or 0), int(patch or 0)),
            parts=1 + (minor is not None) + (patch is not None),
            prerelease=prerelease or "",
        )


def _after(release: _Triple) -> _Triple:
    return (release[0], release[1], release[2] + 1)


class _Term(msgspec.Struct, frozen=True):
    operator: str
    version: _Version

    def admits(self, version: _Version) -> bool:
        bound = self.version
        if self.operator == "=":
            return (version.release, version.prerelease) == (bound.release, bound.prerelease)
        if self.operator == "!=":
            return (version.release, version.prerelease) != (bound.release, bound.prerelease)
        lowest = self.lowest
        beyond = self.beyond
        return (lowest is None or version.release >= lowest) and (beyond is None or version.release < beyond)

    @property
    def lowest(self) -> _Triple | None:
        """The lowest release admitted, or None where there is no lower bound."""
        release = self.version.release
        if self.operator in ("=", ">=", "~>"):
            return release
        if self.operator == ">":
            # The release follows its prereleases, so `> 6.0.0-beta1` admits 6.0.0 itself.
            return release if self.version.prerelease else _after(release)
        return None

    @property
    def beyond(self) -> _Triple | None:
        """The first release no longer admitted, or None where there is no upper bound."""
        major, minor, _patch = release = self.version.release
        if self.operator == "<":
            return release
        if self.operator == "<=":
            return release if self.version.prerelease else _after(release)
        if self.operator == "=":
            return _after(release)
        if self.operator == "~>":
            return (major, minor + 1, 0) if self.version.parts == 3 else (major + 1, 0, 0)
        return None


def _parse(constraint: object) -> tuple[_Term, ...]:
    if not isinstance(constraint, str):
        msg = f"a provider version constraint is text such as {DEFAULT_PROVIDER_CONSTRAINT!r}, not {constraint!r}"
        raise InputError(msg)
    return _terms(constraint)


@lru_cache
def _terms(constraint: str) -> tuple[_Term, ...]:
    context = f"the provider version constraint {shown(constraint)}"
    terms = []
    for part in constraint.split(","):
        match = _TERM.fullmatch(part.strip())
        if match is None:
            msg = (
                f"{context} cannot be read at {shown(part.strip())}; write comparisons separated by commas, "
                f'each one of =, !=, >, >=, <, <=, ~> and a version, as in "~> 5.100" or ">= 6.22, < 7.0"'
            )
            raise InputError(msg)
        operator, version = match.groups()
        terms.append(_Term(operator or "=", _Version.parse(version, context=context)))
    return tuple(terms)


def admits(constraint: str, version: str) -> bool:
    """Whether *constraint* allows *version*.

    Args:
        constraint: As in `required_providers`, for example `">= 5.100, < 7.0"`.
        version: For example `"6.22.0"`; missing parts count as zero.

    Raises:
        InputError: Terraform could not read one of the two.
    """
    terms = _parse(constraint)
    candidate = _Version.parse(version, context="the provider version")
    if candidate.prerelease and not any(
        term.operator == "=" and term.version.prerelease == candidate.prerelease for term in terms
    ):
        return False
    return all(term.admits(candidate) for term in terms)


def guarantees_at_least(constraint: str, minimum: str) -> bool:
    """Whether every version *constraint* admits is *minimum* or later.

    A feature that came with a provider version may be written only where this holds, since Terraform is free
    to install any version the constraint admits.

    Args:
        constraint: As in `required_providers`, for example `">= 6.22"`.
        minimum: The first version that has the feature, for example `"6.3"`.

    Raises:
        InputError: Terraform could not read one of the two, or the constraint admits no version at all.
    """
    terms = _parse(constraint)
    wanted = _Version.parse(minimum, context="the minimum provider version")

    exact = next((term.version for term in terms if term.operator == "=" and term.version.prerelease), None)
    if exact is not None:
        # An exact prerelease is the one version admitted, and it comes before its own release.
        if not all(term.admits(exact) for term in terms):
            raise InputError(_nothing_admitted(constraint))
        return exact.release > wanted.release

    lowest = max((term.lowest for term in terms if term.lowest is not None), default=(0, 0, 0))
    beyond = min((term.beyond for term in terms if term.beyond is not None), default=None)
    excluded = {term.version.release for term in terms if term.operator == "!=" and not term.version.prerelease}
    while lowest in excluded:
        lowest = _after(lowest)
    if beyond is not None and lowest >= beyond:
        raise InputError(_nothing_admitted(constraint))
    return lowest >= wanted.release


def _nothing_admitted(constraint: str) -> str:
    return (
        f"the provider version constraint {constraint!r} admits no version; "
        f'leave out one of its bounds, or write one such as "~> 5.100" or ">= 6.22, < 7.0"'
    )
