"""Checks in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.verification.findings import Finding
from sim.views import words
from sim.views.sheets.sheet import Sheet


def finding_sheet(findings: Sequence[Finding]) -> Sheet:
    """Every check, the failed ones first."""
    sheet = Sheet(
        "Known answers",
        ("check", "source", "expected", "observed", "z", "verdict"),
        frame=pd.DataFrame(map(vars, findings)),
    )
    for finding in sorted(findings, key=lambda listed: listed.passed):
        numbers = (words.figure(finding.expected), words.figure(finding.observed))
        sheet.rows.append(
            (finding.name, finding.source, *numbers, z_of(finding), "agrees" if finding.passed else "FAILS")
        )
    return sheet


def z_of(finding: Finding) -> str:
    """The distance of a mean from its answer in standard errors, or that equality is asked for."""
    if finding.exact:
        return "exact"
    return f"{finding.z:+.2f}".replace("-", "−") if math.isfinite(finding.z) else "∞"


def check_sentence(findings: Sequence[Finding]) -> str:
    """How many checks agree, and the greatest distance, in one sentence."""
    failures = sum(not finding.passed for finding in findings)
    distances = [abs(finding.z) for finding in findings if not finding.exact]
    worst = f", of these {len(distances)} by replications with |z| at most {max(distances):.2f}" if distances else ""
    verdict = f"{failures} FAIL" if failures else "all agree"
    return f"{len(findings)} checks, {verdict}{worst}; the others ask for equality."
