"""Reading a page as a reader and a browser do: its words, its parts, and what it would ask others for."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br"}
ASKS = {"src", "srcset", "action", "data", "poster", "background", "formaction", "ping", "style"}


@dataclass
class Page(HTMLParser):
    """What stands in a page. `asked` are attributes by which a browser would load something, or run or style by itself."""

    text: str = ""
    asked: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    heads_without_scope: int = 0
    metas: dict[str, str] = field(default_factory=dict)
    style: str = ""
    language: str | None = None
    title: str = ""
    open: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: str) -> Page:
        """Read a page; every element in it must be closed in its turn."""
        found = cls()
        HTMLParser.__init__(found)
        found.feed(page)
        assert found.open == []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.asked += [f"{tag} {name}" for name in given if name in ASKS or name.startswith("on")]
        if "href" in given:
            assert tag == "a", f"a browser loads the href of {tag}"
            self.links.append(given["href"])
        self.ids += [given["id"]] if "id" in given else []
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag == "th" and "scope" not in given:
            self.heads_without_scope += 1
        if tag == "html":
            self.language = given.get("lang")
        if tag == "meta":
            self.metas[given.get("http-equiv") or given.get("name") or "charset"] = given.get("content", "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        elif self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data
        else:
            self.text += data
