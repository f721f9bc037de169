"""The reports that come with this distribution, by name, each imported when it first writes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from aiact_rules.core.batches import Batch


@dataclass(frozen=True, slots=True)
class BuiltInReport:
    """A report by its name and the place of its class."""

    name: str
    module: str
    of: str

    def render(self, batch: Batch) -> str:
        """Return a batch as text, in the way of the format."""
        return str(getattr(import_module(self.module), self.of)().render(batch))


_HERE = "aiact_rules.reports"
BUILT_IN = (
    BuiltInReport("text", f"{_HERE}.text_report", "TextReport"),
    BuiltInReport("json", f"{_HERE}.json_report", "JsonReport"),
    BuiltInReport("sarif", f"{_HERE}.sarif_report", "SarifReport"),
    BuiltInReport("junit", f"{_HERE}.junit_report", "JunitReport"),
    BuiltInReport("github", f"{_HERE}.ci_reports", "GithubReport"),
    BuiltInReport("gitlab", f"{_HERE}.ci_reports", "GitlabReport"),
    BuiltInReport("markdown", f"{_HERE}.markdown_report", "MarkdownReport"),
    BuiltInReport("html", f"{_HERE}.html_report", "HtmlReport"),
)
