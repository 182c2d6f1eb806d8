"""Semantic versions of products, contracts and metrics (semver.org 2.0.0)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_SEMVER = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,64}))?\Z")


class Bump(StrEnum):
    """How far a version must move; ordered by `rank`."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """0 for none to 3 for major."""
        return list(Bump).index(self)


@dataclass(frozen=True, slots=True)
class Version:
    """major.minor.patch with an optional pre-release; missing parts read as 0."""

    major: int
    minor: int = 0
    patch: int = 0
    prerelease: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The version in `text`, or None where it holds none."""
        found = _SEMVER.match(text.strip())
        if found is None:
            return None
        major, minor, patch, prerelease = found.groups()
        return cls(int(major), int(minor or 0), int(patch or 0), prerelease or "")

    def __str__(self) -> str:
        """Always three parts."""
        tail = f"-{self.prerelease}" if self.prerelease else ""
        return f"{self.major}.{self.minor}.{self.patch}{tail}"

    def sort_key(self) -> tuple[int, int, int, int, str]:
        """Orders as semver does, up to the order inside pre-releases, which is by text."""
        return self.major, self.minor, self.patch, 0 if self.prerelease else 1, self.prerelease

    def bump_from(self, older: "Version") -> Bump:
        """What kind of step leads from `older` to this version."""
        if self.major != older.major:
            return Bump.MAJOR
        if self.minor != older.minor:
            return Bump.MINOR
        return Bump.NONE if self == older else Bump.PATCH
