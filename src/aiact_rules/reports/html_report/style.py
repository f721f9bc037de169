"""The style of the HTML report: from a phone to a projector, light and dark, and on paper."""

from __future__ import annotations

_SCREEN = """
:root { --ink: #1c2430; --soft: #505a68; --line: #d9dee5; --paper: #ffffff; --tint: #f4f6f9; --link: #0b5394;
--allow: #2f7d4f; --hold: #9a5b00; --block: #a3262a; color-scheme: light dark; }
* { box-sizing: border-box; }
html { font-size: clamp(15px, 12px + .35vw, 24px); }
body { font: 1rem/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--paper);
margin: 0 auto; padding: 1rem clamp(.8rem, 3vw, 3rem) 3rem; max-width: 82rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .2rem 0 .6rem; } h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem;
border-bottom: 2px solid var(--line); padding-bottom: .2rem; } h3 { font-size: 1.08rem; margin: 1.5rem 0 .35rem; }
h4 { font-size: 1rem; margin: 1.1rem 0 .3rem; } h5, h6 { font-size: .95rem; margin: .9rem 0 .2rem; }
p { margin: .35rem 0; } ul, ol { margin: .35rem 0; padding-left: 1.4rem; }
a { color: var(--link); } code { font: .86em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); } small { font-size: .86em; }
.verdict { display: inline-block; color: #fff; font-weight: 700; letter-spacing: .04em; padding: .1rem .7rem; border-radius: .3rem;
background: var(--soft); margin-right: .5rem; }
.verdict.allow { background: var(--allow); } .verdict.hold { background: var(--hold); }
.verdict.block, .verdict.error { background: var(--block); }
.lead { font-size: 1.08rem; margin: .2rem 0 .8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .5rem 0; } dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 .8rem; font-size: .93em; }
caption { text-align: left; color: var(--soft); padding: .2rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; } thead th { color: var(--soft); } .summary thead th { white-space: nowrap; }
tbody th[scope=row] { font-weight: 400; }
tbody th[scope=rowgroup] { background: var(--tint); padding-left: .4rem; }
td.n, th.n { text-align: right; white-space: nowrap; } td.s { white-space: nowrap; }
.summary code, tbody th code { overflow-wrap: break-word; } .dates tbody th { white-space: nowrap; }
.index td:nth-child(5) { min-width: 7em; }
.work { table-layout: fixed; } .work th:nth-child(1) { width: 38%; } .work th:nth-child(2) { width: 15%; }
.work th:nth-child(3) { width: 8.6em; } .classes th:first-child { min-width: 13em; }
.matrix td, .matrix thead th { text-align: center; } .matrix tbody th { white-space: nowrap; }
.violated, .contradiction, .signal { color: var(--block); font-weight: 700; }
.unmet { color: var(--hold); font-weight: 600; } .met { color: var(--allow); }
.wide { overflow-x: auto; } .wide svg { display: block; height: auto; max-width: none; }
.sign td, .sign th { border: 1px solid var(--line); padding: .3rem .5rem; } .sign tbody th { height: 2.6rem; }
.columns { columns: 20rem; column-gap: 2.5rem; } .columns li { break-inside: avoid; }
nav ul { list-style: none; padding: 0; } nav li { margin: .1rem 0; }
"""

_PHONE = """
@media screen and (max-width: 44rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
.rows thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.rows, .rows tbody, .rows tr, .rows th, .rows td { display: block; width: auto !important; border: 0; padding: .05rem 0; }
.rows tr { border-bottom: 1px solid var(--line); padding: .4rem 0; } .rows td:empty { display: none; }
.rows tbody th[scope=row] { font-weight: 600; } .index td:nth-child(3)::before { content: "Classification: "; }
.index td:nth-child(4)::before { content: "Roles: "; } .index td:nth-child(5)::before { content: "Next date: "; }
.index td:nth-child(6)::before { content: "Operator: "; } .index td:nth-child(7)::before { content: "Open work: "; }
.index small { font-weight: 400; } .rows td.n { text-align: left; } .rows td.s { white-space: normal; } }
"""

_DARK = """
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a9b3c1; --line: #3a4350; --paper: #14181e;
--tint: #1f252e; --link: #8cc4ff; }
.unmet { color: #f0b45a; } .met { color: #7bcf9b; } .violated, .contradiction, .signal { color: #ff9a9a; }
svg[fill="#1c2430"], svg [fill="#1c2430"] { fill: var(--ink); } svg [fill="#5a6472"] { fill: var(--soft); }
svg [fill="#ffffff"]:not(text) { fill: var(--paper); }
svg path[fill="#a3262a"] { fill: #ff9a9a; } svg path[fill="#5b4a9e"] { fill: #b6a8f0; }
svg [stroke="#1c2430"] { stroke: var(--ink); }
svg [stroke="#d9dee5"] { stroke: var(--line); } svg [stroke="#5a6472"] { stroke: var(--soft); } }
"""

_PAPER = """
@media print { html { font-size: 9.2pt; } body { margin: 0; padding: 0; max-width: none; }
h1, h2, h3, h4, h5 { break-after: avoid; } tr, .keep { break-inside: avoid; } thead { display: table-header-group; }
h2 { margin: 1.1rem 0 .3rem; font-size: 1.2rem; } .cover { break-after: page; font-size: .83rem; line-height: 1.25; }
.cover h1 { margin: 0 0 .3rem; } .cover h2 { margin: .55rem 0 .15rem; font-size: 1.05rem; } .cover dl { margin: .2rem 0; gap: 0 1rem; }
.cover table { margin: .1rem 0 .2rem; } .cover th, .cover td { padding-bottom: .1rem; padding-top: .1rem; }
.sign tbody th { height: 1.9rem; } .sign th, .sign td { padding: .1rem .4rem; }
.release { break-before: page; } th[scope=rowgroup], p.soft { break-after: avoid; }
tr:has(> th[scope=rowgroup]) { break-after: avoid; } .index { font-size: .82em; }
.verdict, tbody th[scope=rowgroup], svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.wide { overflow: visible; } .wide svg { max-width: 100%; max-height: 240mm; } a { color: inherit; text-decoration: none; } }
"""


def style_of(footer: str) -> str:
    """Return the style of a page, with what stands at the foot of each printed page beside its number."""
    return (
        f"{_SCREEN}{_PHONE}{_DARK}{_PAPER}"
        "@page { size: A4; margin: 12mm 13mm 14mm; @bottom-left { font: 8pt sans-serif; color: #505a68; content: "
        f"{_text(footer)}"
        ' } @bottom-right { font: 8pt sans-serif; color: #505a68; content: counter(page) " / " counter(pages) } }\n'
    )


def _text(words: str) -> str:
    """Return words as a text of a style sheet: what is not a plain letter or digit is its number, so that none can end it."""
    plain = (sign if sign.isascii() and (sign.isalnum() or sign in " .-") else f"\\{ord(sign):x} " for sign in words)
    return f'"{"".join(plain)}"'
