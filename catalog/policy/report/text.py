"""The report as text, for a log or a comment below a change."""

from catalog.policy.report.model import Report


def text(report: Report) -> str:
    """The findings of each asset, then the counts."""
    lines = [str(one) for one in report.findings]
    for asset in report.assets:
        lines.append(f"{asset.key} {asset.version}: {asset.decision.verdict.value}")
        lines += [f"  {one}" for one in asset.findings]
    counts = ", ".join(f"{number} {level}" for level, number in report.counts().items())
    passes = "passes" if report.passes else "refused"
    lines.append(f"{passes}: {len(report.assets)} assets, {counts}; rules {report.bundle.revision[:19]}")
    return "".join("".join(c if c >= " " else f"\\x{ord(c):02x}" for c in line) + "\n" for line in lines)
