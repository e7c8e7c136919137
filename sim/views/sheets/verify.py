"""Checks and mutations in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.views import words
from sim.views.sheets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.verification.findings import Finding
    from sim.verification.mutations import Trial


def finding_sheet(findings: Sequence[Finding]) -> Sheet:
    """Every check, the failed ones first."""
    sheet = Sheet("Known answers", ("check", "source", "expected", "observed", "z", "verdict"))
    for each in sorted(findings, key=lambda finding: finding.passed):
        numbers = (words.figure(each.expected), words.figure(each.observed))
        sheet.rows.append((each.name, each.source, *numbers, z_of(each), "agrees" if each.passed else "FAILS"))
    return sheet


def z_of(finding: Finding) -> str:
    """The distance of a mean from its answer in standard errors, or that equality is asked for."""
    if finding.exact:
        return "exact"
    return f"{finding.z:+.2f}".replace("-", "−") if math.isfinite(finding.z) else "∞"


def checked(findings: Sequence[Finding]) -> str:
    """How many checks agree, and the greatest distance, in one sentence."""
    failed = sum(not each.passed for each in findings)
    sampled = [abs(each.z) for each in findings if not each.exact]
    worst = f", of these {len(sampled)} by replications with |z| at most {max(sampled):.2f}" if sampled else ""
    verdict = f"{failed} FAIL" if failed else "all agree"
    return f"{len(findings)} checks, {verdict}{worst}; the others ask for equality."


def mutation_sheet(trials: Sequence[Trial]) -> Sheet:
    """Every rule broken, the survivors first."""
    heads = ("rule broken", "caught by", "expected", "observed", "z", "verdict")
    sheet = Sheet("Rules broken on purpose", heads)
    for each in sorted(trials, key=lambda trial: trial.caught):
        by = each.caught_by
        cells = ("–",) * 4 if by is None else (by.name, words.figure(by.expected), words.figure(by.observed), z_of(by))
        verdict = "caught" if each.caught else "SURVIVES" if each.sound else "fails unbroken too"
        sheet.rows.append((each.what, *cells, verdict))
    return sheet


def caught(trials: Sequence[Trial]) -> str:
    """How many mutations are caught, in one sentence."""
    return f"{sum(each.caught for each in trials)} of {len(trials)} rules broken on purpose are caught."
