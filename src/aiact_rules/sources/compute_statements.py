"""Compute in prose: what a card's sentences say of the floating-point operations that training its model took.

Only a sentence that is clear becomes a figure. One that may speak of another model, of a part of the training, of a bound
or of an estimate from size and data becomes a question, and what is no training compute (operations per second, per token,
of inference, a threshold of the law) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto

from aiact_rules.core.problems import Place
from aiact_rules.sources.figures import Doubt, Figure, Said, agree
from aiact_rules.sources.passages import Passage, PassageKind, passages

COMPUTE = "model.training_compute"
_LONGEST = 1_000  # characters of a sentence; what is longer is a list or a table gone wrong

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SHORT = {
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "quadrillion": 15,
    "quintillion": 18,
    "sextillion": 21,
    "septillion": 24,
    "octillion": 27,
}
"""Powers of ten by name in English."""
_LONG = {
    **{"million": 6, "milliard": 9, "billion": 12, "billiard": 15, "trillion": 18, "trilliard": 21, "quadrillion": 24},
    **{"quadrilliard": 27, "quintillion": 30},
}
"""Powers of ten by name in German and French."""
_PREFIXES = {"z": 21, "zetta": 21, "y": 24, "yotta": 24, "ronna": 27}


def _power(mantissa: str | None, power: int) -> str:
    return f"{(mantissa or '1').strip()}e{power}"


def _named(found: re.Match[str]) -> str:
    """Return a number with the name of a power of ten in digits, by the scale of the language that the unit and the name are in."""
    name = found["name"].lower()
    german_or_french = (
        found["plural"] in {"en", "e", "n"}
        or found["of"] in {"de ", "d'", "d’"}
        or re.search("komma|virgule", found["unit"])
    )
    power = (_LONG if german_or_french or name not in _SHORT else _SHORT).get(name)
    return found[0] if power is None else f"{_power(found['mantissa'], power)} {found['unit']}"


def _prefixed(found: re.Match[str]) -> str:
    return f"{_power(found['mantissa'], _PREFIXES[found['prefix'].lower()])} FLOP"


_WRITTEN = (
    (re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+"), lambda found: "^" + found[0].translate(_SUPERSCRIPT)),
    (re.compile(r"<sup>[ \t]*(\d{1,3})[ \t]*</sup>", re.IGNORECASE), r"^\1"),
    (re.compile(r"\\(?:times|cdot)\b"), "x"),
    (re.compile(r"\\(?:text|mathrm|textrm|operatorname)\{([^{}\n]*)\}"), r"\1"),
    (re.compile(r"\\[,;! ](?=\S)"), " "),
)
"""What Markdown or Unicode's compatibility form would change, as it stands in the source."""

_PLAIN = (
    (re.compile(r"\^\s*\{\s*(\d{1,3})\s*\}"), r"^\1"),
    (re.compile(r"(?<=10)\*\*(?=\d)"), "^"),
    (re.compile(r"\\[,;! ]|[$`\u200b\u2060]|\*\*|__|(?<![\w\s])\*|\*(?![\w\s])"), " "),
    (re.compile(r"[\u00a0\u2009\u202f\t]"), " "),
    (
        re.compile(
            r"\b(?:10|ten|zehn|dix)(?: to the(?: power(?: of)?)?| hoch|(?: à la)? puissance) (\d{1,2})(?:th|st|nd|rd)?(?: power)?\b",
            re.IGNORECASE,
        ),
        r"10^\1",
    ),
    (
        re.compile(
            r"(?:(?<![\w.,])(?P<mantissa>\d{1,4}(?:[.,]\d{1,6})?) )?\b"
            r"(?P<name>(?:m|b|tr|quadr|quint|sext|sept|oct)illi(?:on|ard))(?P<plural>en|e|n|s|)"
            r" (?P<of>of |de |d['’]|)(?P<unit>floating[- ]point operations|FLOPs?\b|(?:Gleit|Fließ)komma-?[Oo]perationen"
            r"|opérations (?:en|à) virgule flottante)",
            re.IGNORECASE,
        ),
        _named,
    ),
    (
        re.compile(
            r"(?<![\w.,])(?P<mantissa>\d{1,4}(?:[.,]\d{1,6})?)[ -]?(?P<prefix>[zy](?=F)|zetta|yotta|ronna)-?flops?\b"
            r"(?!\s?(?:/|\(?per\b|pro\b|par\b|p\.? ?s\b|[·.-]?s\^?-1|-?\s?(?:days?|seconds?)\b))",
            re.IGNORECASE,
        ),
        _prefixed,
    ),
)
_AMOUNT = (
    r"(?<![\w.,^])(?P<mantissa>\d{1,4}(?:[.,]\d{1,6})?)?\s?"
    r"(?:(?<=\d)[eE]\+?(?P<exponent>\d{1,2})|(?(mantissa)\s?[x×*·⋅]\s?)10\s?\^\s?(?P<power>\d{1,2}))"
)
_FIGURE = re.compile(
    _AMOUNT
    + r"\s{0,2}(?P<unit>FLOPs?\b|flops?\b|FLOPS\b|Flops?\b|total FLOPs?\b|(?:total )?floating[- ]point operations\b"
    r"|(?:Gleit|Fließ)komma-?[Oo]perationen\b|op[ée]rations (?:en|à) virgule flottante\b)"
    r"(?P<rate>\s?(?:/|\(?per\b|pro\b|par\b|p\.? ?s\b|[·.-]?s\^?-1))?"
)
_UNIT_FIRST = re.compile(
    r"\W*(?=[^:|=\n]{0,80}(?:flop|floating))(?:(?:total|overall|cumulative|estimated)\s)?train\w*"
    r"(?:[ -][\[(]?(?:compute|flops?|floating[- ]point operations|operations|budget|total|in)[\])]?){1,4}\W{0,8}[:|=]\W{0,8}?"
    + _AMOUNT
    + r"(?P<unit>)(?P<rate>(?!))?\s*[|.]?\s*\Z",
    re.IGNORECASE,
)
_UNIT_IN_LABEL = re.compile(
    r"\W*FLOPs?\s*\([^)]{0,40}(?:train|entra[iî]n)[^)]{0,40}\)\s*[:|=]\W{0,8}?"
    + _AMOUNT
    + r"(?P<unit>)(?P<rate>(?!))?\s*[|.]?\s*\Z",
    re.IGNORECASE,
)
_DAYS = re.compile(
    r"\d\s?(?:[PEZ]|peta|exa|zetta|yotta)-?flop(?:s|/s)?(?:-|\s)?(?:days?|s?\b(?!/|\s?per))", re.IGNORECASE
)
_BY_SIZE = re.compile(
    r"\b6\s?[x×*·⋅]?\s?N\s?[x×*·⋅]?\s?D\b|\b6\s?[x×*·⋅]\s?\d[\d.]*\s?(?:B|M|T|e\d|billion|trillion|\*|x|×)"
)
_TRAINING = re.compile(
    r"\b(?:pre-?|post-?|vor)?train|\btrainier|\b(?:pré-?)?entra[iî]n|\bthe (?:final|main|whole) run\b", re.IGNORECASE
)
_PART = re.compile(r"\bpre-?train|\bpré-?entra|\bvortrain", re.IGNORECASE)
_CHANGE = re.compile(r"\bfine-?tun|\bpost-?train|\brlhf\b|\bdistill|\blora\b|\badapter|\balign|\bfein", re.IGNORECASE)
_BESIDE = re.compile(
    r"\binference|\bforward pass|\bthroughput|\bpeak\b|\bper second|\butili[sz]ation|\bMFU\b|\bthreshold|\bpresum|\bAI Act\b"
    r"|\bArt(?:icle|\.)|\bregulation|\bSchwelle|\bseuil|\blaw\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\bcompar|(?<!more )(?<!less )(?<!fewer )(?<!lower )(?<!higher )\bthan\b|\bversus\b|\bvs\b|\bwhereas|\bwhile\b|\bunlike|\bbaseline"
    r"|\b(?:base|reward|reference|proxy|draft|judge|source|parent|larger|smaller|bigger|other|largest|biggest|student) models?\b"
    r"|\bbackbone|\boriginal|\bteacher|\bprevious|\bpredecessor|\banother|\bverglichen|\btandis|\bcontrairement|\bsimilar|\bsame as",
    re.IGNORECASE,
)
_BOUND_ABOVE = re.compile(
    r"\b(?:less|fewer|lower) than|\bunder\b|\bbelow\b|\bat most|\bup to\b|\bmaximum|\bwithin\b|<|≤|\bweniger als|\bhöchstens"
    r"|\bunter\b|\bunterhalb|\bmoins de|\binférieur|\ben dessous|\bau plus\b|\bjusqu['’]",
    re.IGNORECASE,
)
_BOUND_BELOW = re.compile(
    r"\bmore than|\bhigher than|\bover\b|\bexceed|\bat least|\babove\b|\bbeyond\b|>|≥|\bmehr als|\bmindestens|\bübersteig|\büberschr[ie]"
    r"|\bplus de|\bsupérieur|\bau moins|\bdépass|\bau-delà",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\bnot\b|n['’]t\b|\bnever\b|\bwould\b|\bcould\b|\bif\b|\bmight\b|(?-i:\bmay\b)|\bplan|\bwill\b|\?|\bnicht\b|\bnie(?:mals)?\b|\bkein|\bwürde|\bne\b|\baucun"
    r"|\bno point\b|\bn['’](?:[ay]\b|est\b|ont\b|atteint)(?![^.]{0,40}\bque\b)|\bjamais\b"
    r"|\bexample\b|\be\.g\.",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:this|the|our)(?-i: [a-z0-9][\w-]*){0,3}? (?:model|network|LLM|checkpoint)\b|"
    r"\b(?:this|our)(?-i: [a-z0-9][\w-]*){0,3}? (?:training|run)\b|\bits training\b"
    r"|\bthe training (?:run|took|used|required)\b|\bthe (?:final|main|whole) run\b|\bit (?:was|has been|took)\b|\bwe (?:pre-?)?train"
    r"|\b(?:das|dieses|unser)(?-i: [a-zäöü]\w*)?(?: Modell| Training(?! von\b))|\b(?:ce|le|du|notre)(?-i: [a-zéè]\w*)? modèle\b"
    r"|\b(?:we estimate|wir schätzen|nous estimons)\b[^.]{0,60}\b(?:train|entra[iî]n|trainings?)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:(?:(?:the|das|der|des|le|les|total|overall|cumulative|approximate|estimated|gesamte[rs]?|kumulierte[rs]?|compute|computation"
    r"|for|of|excess|need|use|Rechenaufwand|Aufwand|Verbrauch|für|zum|vom|beim|calculs?|cumulés?|total|de|pour|ensemble|estimation"
    r"|demande|dépassement)\s|[dl]['’])){0,7}"
    r"(?:pre-?|post-?|vor|pré-?)?(?:train(?:ed|ing)|entra[iî]n\w*|trainiert|Trainings?\w*)\b(?!\s(?:of|von|des|der|de|du)\s(?!(?:this|our|the|ce|cet|cette|notre|dieses|unseres|modèle|Modells|rund|etwa|about)\b))"
    r"(?-i:(?=\W*(?:[a-zäöüéèà\d]|FLOP)))",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(
    r"\b(?!(?:[HAVBTL]\d{2,3}|GB?\d{3}|MI\d{3}|TPU|[BF]F?P?\d|Pre-|Post-|pre-|post-|Fine-|Floating-|Gleitkomma-))"
    r"(?:[A-Z][\w.]*-[\w.-]*\w|[A-Za-z]*[A-Z][A-Za-z]*\d[\w.]*|[A-Z][A-Za-z]+ \d(?:\.\d)?\b(?![\de]|\s?[x×*·^])|"
    r"[A-Z]+[a-z]+[A-Z]\w*)"
)
_FIGURE_FIRST = re.compile(
    r"\W*(?:(?:in total|au total|some|about|around|roughly|approximately|insgesamt|rund|etwa|environ|quelque|more than|mehr als"
    r"|plus de|demande|d|use of|need of)\W{1,2})"
    r"{0,3}\d[\w.,^·×* +-]{0,30}?(?:flop|floating|gleit|fließ|op[ée]ration)[^.]{0,60}\b(?:into|in|for|by|für|vom|beim|dans|à|pour|par)"
    r"(?: the| its| das| sein| l['’]| le| son)? ?(?:cumulative |total |whole )?(?:pre-?|vor|pré-?)?(?:training|entra[iî]nement)\b"
    r"(?! (?:of|von|de|du)\b)|"
    r"\W*(?:more than )?\d[\w.,^·×* +-]{0,30}?(?:flop|floating)[^.]{0,60}\b(?:were|was) (?:taken|used|needed|spent) to train it\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W*FLOPs?\s*\([^)]{0,40}(?:train|entra[iî]n)[^)]{0,40}\)\s*[:|=]|"
    r"\W*(?:[\w-]+\s){0,3}(?:train\w*\s(?:compute|flops?|cost|budget|operations)|"
    r"compute(?:\s\w+){0,3}\strain\w*|Trainings\w*)(?:\s\(?[\w, ]{1,30}\)?)?\s*[:|=]",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?;])\s+(?=[^\W\da-z_]|\(|\Z)")
_MENTION = re.compile(r"flop|loating|virgule|leitkomma|ließkomma|6\s?[x×*·⋅N]", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\brelated|\bcompar|\bbaseline|\bbackground|\bprior|\bprevious|\bbase model|\bother\b|\breference|\bcitation|\bregulat|\bAct\b",
    re.IGNORECASE,
)
_LEAST = Decimal("1e12")
_MORE_THAN_A_SECOND = Decimal("1e22")
"""More than any machine does in a second, so that `FLOPS` can only be the plural."""


class _Reading(Enum):
    """What a figure of operations is taken for: all training, at least so much, at least so much and probably more, a question."""

    TOTAL = auto()
    AT_LEAST = auto()
    MORE = auto()
    QUESTION = auto()
    NOTHING = auto()


def find_compute(markdown: str, name: str, called: Iterable[str] = (), first_line: int = 1) -> Said:
    """Return what a Markdown text that begins at `first_line` of the document `name` says of training compute.

    `called` are names of the model itself, which may be the subject of a sentence.
    """
    if not _MENTION.search(markdown):
        return Said()
    for pattern, by in _WRITTEN:
        markdown = pattern.sub(by, markdown)
    names = "|".join(re.escape(each) for each in called if len(each) > 2)
    own = re.compile(rf"(?<!\w)(?:{names})(?!\w)" if names else r"(?!)", re.IGNORECASE)
    figures: dict[tuple[Decimal, bool], Figure] = {}
    doubts: dict[str, Doubt] = {}
    for line, sentence, is_row, elsewhere in _sentences(passages(markdown, first_line)):
        for reading, amount, words, below in _read(sentence, own, is_row, elsewhere):
            place = Place(name, line + below)
            if reading is not _Reading.QUESTION:
                figure = Figure(COMPUTE, amount, place, at_least=reading is not _Reading.TOTAL)
                figures.setdefault((amount, figure.at_least), figure)
            if reading in (_Reading.QUESTION, _Reading.MORE):
                doubts.setdefault(words, _doubt(place, words))
    totals = [figure for figure in figures.values() if not figure.at_least]
    if any(not agree(totals[0].value, each.value) for each in totals):
        return Said(tuple(doubts.values())).joined_with(of_a_part(figures.values()))  # which is the whole is not said
    return Said(tuple(doubts.values()), tuple(figures.values()))


def of_a_part(figures: Iterable[Figure]) -> Said:
    """Return figures of training compute as of a part of it, so that the whole is at least as much, and is asked."""
    kept, doubts = [], []
    for figure in figures:
        if figure.name == COMPUTE and not figure.at_least:
            doubts.append(_doubt(figure.place, f"{figure.value:e} FLOP"))
            figure = replace(figure, at_least=True)
        kept.append(figure)
    return Said(tuple(doubts), tuple(kept))


def _doubt(place: Place, words: str) -> Doubt:
    return Doubt(COMPUTE, f"{place}: says `{words}`; if all training of this model took that, state it as `{COMPUTE}`")


def _sentences(read: Iterable[Passage]) -> Iterator[tuple[int, str, bool, bool]]:
    """Yield the sentences that may speak of compute, with their lines.

    With each, whether it is a row of a table, and whether the heading it stands under is about other models.
    """
    for passage in read:
        if _MENTION.search(passage.text):
            above = passage.text if passage.kind is PassageKind.HEADING else "".join(passage.headings[-1:])
            is_row = passage.kind is PassageKind.CELL or passage.text.startswith("|")
            for line, sentence in _split(passage.line, passage.text):
                yield line, sentence, is_row, _ELSEWHERE.search(above) is not None


def _split(line: int, block: str) -> Iterator[tuple[int, str]]:
    for pattern, by in _PLAIN:
        block = pattern.sub(by, block)
    at = 0
    for end in [*(found.end() for found in _END.finditer(block)), len(block)]:
        sentence = block[at:end]
        yield line, sentence
        line, at = line + sentence.count("\n"), end


def _read(
    sentence: str, own: re.Pattern[str], is_row: bool, elsewhere: bool
) -> Iterator[tuple[_Reading, Decimal, str, int]]:
    """Yield for each figure of a sentence what it is taken for, its amount, its words, and the lines before it."""
    if len(sentence) > _LONGEST:
        return
    found = [each for each in _FIGURE.finditer(sentence) if not each["rate"]]
    if not found and (labelled := _UNIT_FIRST.match(sentence) or _UNIT_IN_LABEL.match(sentence)):
        found = [labelled]
    trains = _TRAINING.search(sentence) is not None
    if not found:
        other = _BY_SIZE.search(sentence) or (_DAYS.search(sentence) if trains else None)
        if other is not None and not elsewhere and (trains or "FLOP" in sentence or "ompute" in sentence):
            yield _Reading.QUESTION, Decimal(0), other[0].strip(), sentence.count("\n", 0, other.start())
        return
    one = len({_amount(each) for each in found}) == 1
    for each in found:
        amount = _amount(each)
        if not trains or amount < _LEAST:
            continue
        reading = _taken_for(sentence, is_row, amount, each["unit"] or "FLOP", own, alone=one)
        if elsewhere and reading is not _Reading.NOTHING:
            reading = _Reading.QUESTION
        if reading is not _Reading.NOTHING:
            yield reading, amount, " ".join(each[0].split()), sentence.count("\n", 0, each.start())


def _amount(figure: re.Match[str]) -> Decimal:
    mantissa = (figure["mantissa"] or "1").replace(",", ".")
    return Decimal(f"{mantissa}e{figure['exponent'] or figure['power']}")


def _taken_for(
    sentence: str, is_row: bool, amount: Decimal, unit: str, own: re.Pattern[str], *, alone: bool
) -> _Reading:
    if not _is_own(sentence, is_row, own):
        return _Reading.QUESTION if _BY_SIZE.search(sentence) else _Reading.NOTHING
    doubts = (_OTHERS, _BESIDE, _NOT_SO, _BOUND_ABOVE, _BY_SIZE)
    if not alone or any(each.search(sentence) for each in doubts) or _OTHER_NAME.search(own.sub(" ", sentence)):
        return _Reading.QUESTION
    if unit == "FLOPS" and amount < _MORE_THAN_A_SECOND:
        return _Reading.QUESTION
    if _BOUND_BELOW.search(sentence):
        return _Reading.MORE
    if _CHANGE.search(sentence):
        return _Reading.AT_LEAST
    return _Reading.MORE if _PART.search(sentence) else _Reading.TOTAL


def _is_own(sentence: str, is_row: bool, own: re.Pattern[str]) -> bool:
    """Return whether a sentence speaks of the card's own model, by a pronoun, its name, a label or without any subject."""
    if is_row:
        cells = [cell for cell in sentence.strip().strip("|").split("|") if cell.strip()]
        return len(cells) == 2 and _LABEL.match(sentence) is not None
    return any(each.search(sentence) for each in (_OWN, own)) or any(
        each.match(sentence) for each in (_BARE, _LABEL, _FIGURE_FIRST)
    )
