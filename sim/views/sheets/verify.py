"""Checks in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.verification.findings import Finding
from sim.views import words
from sim.views.language import counted, in_marks, message
from sim.views.sheets.sheet import Sheet


def finding_sheet(findings: Sequence[Finding]) -> Sheet:
    """Every check, the failed ones first."""
    heads = (message("check"), message("source"), message("expected"), message("observed"), "z", message("verdict"))
    sheet = Sheet(message("Known answers"), heads, frame=pd.DataFrame(map(vars, findings)))
    for finding in sorted(findings, key=lambda listed: listed.passed):
        numbers = (words.figure(finding.expected), words.figure(finding.observed))
        verdict = message("agrees") if finding.passed else message("FAILS")
        sheet.rows.append((finding.name, finding.source, *numbers, z_of(finding), verdict))
    return sheet


def z_of(finding: Finding) -> str:
    """The distance of a mean from its answer in standard errors, or that equality is asked for."""
    if finding.exact:
        return message("exact")
    return in_marks(f"{finding.z:+.2f}".replace("-", "−")) if math.isfinite(finding.z) else "∞"


def check_sentence(findings: Sequence[Finding]) -> str:
    """How many checks agree, and the greatest distance, in one sentence."""
    failures = sum(not finding.passed for finding in findings)
    distances = [abs(finding.z) for finding in findings if not finding.exact]
    checks = counted(len(findings), "{count} check", "{count} checks")
    verdict = message("{number} FAIL", number=failures) if failures else message("all agree")
    texts = [checks, verdict]
    if distances:
        texts += [
            message(
                "of these {number} by replications with |z| at most {z}",
                number=len(distances),
                z=in_marks(f"{max(distances):.2f}"),
            )
        ]
    return message("{told}; the others ask for equality.", told=words.comma_list(texts))
