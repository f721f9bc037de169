"""Pages: each name of a pack has an address, a provision leads to the law's text, and what has none gets none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Extension, Pack
from aiact_rules.core.pages import law_link, page_name, page_of
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles.loader import load_pack_text
from aiact_rules.version import SITE

HEAD = "id: small\nversion: 0.1.0\ntitle: Small\nlaw: Small law\nmarket: XX\n"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Catalogue.of_installed_plugins().pack("eu_ai_act")


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("art24.1.ce_marking", "art-24/#art24.1.ce_marking"),
        ("annex4.1.a", "annex-iv/#annex4.1.a"),
        ("art6.2", "art-6/#art6.2"),
        ("signal.annex_iii.recruitment", "annex-iii/#signal.annex_iii.recruitment"),
        ("signal.overdue.art24.1.ce_marking", "art-24/#art24.1.ce_marking"),
    ],
)
def test_a_finding_has_the_address_of_its_article_with_its_own_anchor(pack: Pack, name: str, page: str) -> None:
    assert page_of(pack, name) == f"{SITE}/obligations/{page}"


def test_every_obligation_rule_and_reading_of_the_act_has_an_address(pack: Pack) -> None:
    names = [*pack.obligations, *pack.rules, *pack.readings, *(f"signal.{cue}" for cue in pack.cues)]
    found = [page_of(pack, name) for name in names]
    assert None not in found
    assert len(set(found)) == len(names)


def test_an_unknown_name_and_a_pack_without_pages_have_no_address(pack: Pack) -> None:
    assert page_of(pack, "art999.1") is None
    assert page_of(replace(pack, pages=None), "art6.2") is None


def test_what_an_extension_adds_has_the_address_that_the_extension_says(pack: Pack) -> None:
    extension = Extension("more", "1", "0", "https://more.example/{page}#{anchor}", frozenset({"art6.2"}))
    extended = replace(pack, extensions=(extension,))
    assert page_of(extended, "art6.2") == "https://more.example/art-6#art6.2"
    assert page_of(extended, "art6.3") == page_of(pack, "art6.3")
    assert page_of(replace(pack, extensions=(replace(extension, pages=None),)), "art6.2") is None


@pytest.mark.parametrize(
    ("provision", "name"),
    [
        ("Art. 9(2)(a)", "art-9"),
        ("Arts 20(1) and 24(4)", "art-20"),
        ("Art. 75a(1), with Art. 6", "art-75a"),
        ("Annex IV, point 1(a)", "annex-iv"),
        ("Recital 98", "recital-98"),
        ("C(2025) 7719, points 59 to 61", "c-2025-7719"),
        ("Code of Practice, Transparency chapter", "code-of-practice"),
        ("Bus. & Prof. Code § 22757.12(a)(5)", "bus-prof-code-22757-12"),
        ("Bus. & Prof. Code § 22757.1 (SB 1000)", "bus-prof-code-22757-1"),
        ("820 ILCS 42/5(2)", "820-ilcs-42-5"),
        ("Regulation (EU) 2026/1744, Art. 4", "regulation-eu-2026-1744"),
    ],
)
def test_a_page_is_named_by_what_a_provision_begins_with(provision: str, name: str) -> None:
    assert page_name(provision) == name


def test_a_provision_leads_to_its_article_in_the_consolidated_act(pack: Pack) -> None:
    act = "https://eur-lex.europa.eu/eli/reg/2024/1689/2026-07-27"
    assert law_link(pack, "Art. 6(2), with Annex III") == f"{act}#art_6"
    assert law_link(pack, "Arts 20(1) and 24(4)") == f"{act}#art_20"
    assert law_link(pack, "Annex IV, point 1(a)") == f"{act}#anx_IV"


def test_no_address_of_the_law_is_made_up(pack: Pack) -> None:
    assert law_link(pack, "Recital 98") is None
    assert law_link(pack, "C(2025) 7719, point 17") is None
    assert law_link(replace(pack, law_text=None), "Art. 6(2)") is None
    assert law_link(replace(pack, law_text="https://law.example/act"), "§ 5") == "https://law.example/act"


@pytest.mark.parametrize("key", ["pages: https://a.example/{page}", "pages: x/{page}#{anchor}", "law_text: a.example"])
def test_an_address_that_cannot_be_one_is_refused(key: str) -> None:
    with pytest.raises(PackError, match=key.split(":")[0]):
        load_pack_text({"pack.yaml": f"{HEAD}{key}\n"})


def test_the_addresses_of_a_pack_are_those_of_its_head() -> None:
    text = f"{HEAD}pages: 'https://a.example/{{page}}#{{anchor}}'\nlaw_text: 'https://b.example/#{{part}}'\n"
    pack = load_pack_text({"pack.yaml": text})
    assert (pack.pages, pack.law_text) == ("https://a.example/{page}#{anchor}", "https://b.example/#{part}")
