"""The HTML report: one file that needs nothing else, for a screen and for paper."""

from aiact_rules.reports.html_report.report import HtmlReport

__all__ = ["HtmlReport"]
