"""What is wrong with a package as a package; nothing is said about what its parts mean."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xltrack.errors import PackageError
from xltrack.opc.names import CONTENT_TYPES, fold
from xltrack.opc.package import Package


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that the standard does not allow: in which part, and what."""

    part: str
    what: str


def lint(package: Package) -> list[Problem]:
    """Return the problems of a package, sorted; an empty list is a sound one.

    Looked at: content types cover every part and name no other, ids of relationships are unique
    within their source, every internal target exists, no part is out of reach of the package's
    relationships. No part is read but the content types and the relationships.
    """
    problems: list[Problem] = []
    problems += _content_types(package)
    try:
        problems += _relationships(package)
        problems += _orphans(package)
    except PackageError as error:
        problems.append(Problem(error.part, error.detail))
    return sorted(problems)


def _content_types(package: Package) -> list[Problem]:
    types = package.content_types
    own = fold(CONTENT_TYPES)
    untyped = [n for k, n in package.names.items() if k != own and types.of(n) is None]
    return [
        *(Problem(name, "two content types") for name in types.repeated),
        *(Problem(name, "no content type") for name in untyped),
        *(
            Problem(name, "content type without a part")
            for name in types.overrides
            if name not in package.names
        ),
    ]


def _relationships(package: Package) -> list[Problem]:
    problems: list[Problem] = []
    for source, name in package.relationship_parts():
        if source and source not in package:
            problems.append(Problem(name, "relationships without their source"))
        found = package.relationships(source)
        counts = Counter(relationship.id for relationship in found)
        problems += [Problem(name, f"relationship {i} twice") for i, n in counts.items() if n > 1]
        problems += [
            Problem(name, f"target {relationship.target} does not exist")
            for relationship in found
            if relationship.part is not None and relationship.part not in package
        ]
    return problems


def _orphans(package: Package) -> list[Problem]:
    reached = package.reachable()
    types = fold(CONTENT_TYPES)
    return [
        Problem(name, "nothing refers to it")
        for key, name in package.names.items()
        if key not in reached and key != types
    ]
