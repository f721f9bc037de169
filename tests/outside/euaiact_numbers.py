"""Numbers and dates of the law in both: ceilings of fines, periods, the start of application, and transitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.penalties import ceiling_of
from aiact_rules.core.truth import Truth
from outside.euaiact_check import FIRST_TEXT, RELEASED, TEXT_IN_FORCE, TODAY, Answer, days_around, gate
from outside.euaiact_duties import BASE
from outside.euaiact_provisions import CLOSED, LISTED, NO_PRACTICE

BEFORE_THE_CHANGE = date(2026, 7, 26)
TEXTS = ((TEXT_IN_FORCE, TODAY), (FIRST_TEXT, BEFORE_THE_CHANGE))
SYSTEM = {"release.subject": "system", "release.markets": ["EU"]}
MODEL = {
    "release.subject": "model",
    "release.markets": ["EU"],
    "model.generality": "wide_range",
    "model.modification": "significant",
    "model.public_parts": [],
    "operator.established_in_union": True,
}
PRODUCT = {
    "system.annex_i_law": ["lifts"],
    "system.annex_i_role": "product_itself",
    "system.third_party_assessment": "required",
}
ANNEX_I = {**NO_PRACTICE, "system.annex_iii_uses": [], **PRODUCT}
ANNEX_III = {**NO_PRACTICE, **CLOSED, **LISTED}


def _decide(
    facts: Mapping[str, Any],
    role: str = "provider",
    moment: str = "placing_on_market",
    on: date = RELEASED,
    as_of: date = TODAY,
) -> PackDecision:
    return gate().decide({**SYSTEM, **facts}, roles=[role], moment=moment, as_of=as_of, release_date=on).packs[0]


def _calculated(rule: str, facts: Mapping[str, Any]) -> Any:
    import euaiact

    result = euaiact.berechne_regel(rule, dict(facts), quellenfassung=TEXT_IN_FORCE)
    if result["status"] == "EINGABE_UNGUELTIG":
        raise ValueError(f"{rule}: {result['hinweise']}")
    return result["wert"]


def _amount(value: Any) -> str:
    return "unknown" if value is None else str(Decimal(value).normalize())


def numbers() -> Iterator[Answer]:
    """Compare every number and date."""
    yield from ceilings()
    yield from periods()
    yield from starts()
    yield from transitions()


def ceilings() -> Iterator[Answer]:
    """Compare the ceilings of fines by the size and turnover of the operator, at the points where the higher changes."""
    sizes = {
        "sme": "KMU",
        "small_mid_cap": "SMC",
        "larger": "SONSTIGES_UNTERNEHMEN",
        "not_an_enterprise": "KEIN_UNTERNEHMEN",
    }
    turnovers = ("0", "499999999", "500000000", "500000001", "749999999.99", "750000000", "1000000000", "20000000000")
    for name, kind in (("99(3)", "VERBOT"), ("99(4)", "PFLICHT"), ("99(5)", "INFORMATION")):
        for size, their_size in sizes.items():
            for turnover in (*turnovers, None):
                facts = {"operator.size": size} | ({} if turnover is None else {"operator.annual_turnover": turnover})
                decision = _decide({**BASE, **facts})
                ceiling = ceiling_of(
                    decision.pack_at.sanctions[f"art{name.replace('(', '.').rstrip(')')}"], decision.evaluation
                )
                theirs = {"verstosskategorie": kind, "akteurklasse": their_size}
                if turnover is not None:
                    theirs["weltweiter_vorjahresumsatz_eur"] = turnover
                yield Answer(
                    f"Art. {name}, with (6) and (6a)",
                    facts,
                    _amount(ceiling and ceiling.amount),
                    _amount(_calculated("AIA_099_OBERGRENZE", theirs)),
                )
    for turnover in turnovers:
        decision = _decide({**MODEL, "operator.size": "sme", "operator.annual_turnover": turnover})
        ceiling = ceiling_of(decision.pack_at.sanctions["art101.1"], decision.evaluation)
        yield Answer(
            "Art. 101(1)",
            {"operator.annual_turnover": turnover},
            _amount(ceiling and ceiling.amount),
            _amount(_calculated("AIA_101_OBERGRENZE", {"weltweiter_vorjahresumsatz_eur": turnover})),
        )
    for name, kind in (("100.2", "VERBOT"), ("100.3", "SONSTIGE_ANFORDERUNG")):
        decision = _decide({**BASE, "operator.is_union_institution": True})
        ceiling = ceiling_of(decision.pack_at.sanctions[f"art{name}"], decision.evaluation)
        yield Answer(
            f"Art. {name.replace('.', '(')})",
            {},
            _amount(ceiling and ceiling.amount),
            _amount(_calculated("AIA_100_OBERGRENZE", {"verstosskategorie": kind})),
        )


def periods() -> Iterator[Answer]:
    """Compare the periods of Article 73, and the fixed ones."""
    for death in (True, False):
        for widespread in (True, False):
            for infrastructure in (True, False):
                consequences = [
                    name for name, holds in (("death", death), ("critical_infrastructure", infrastructure)) if holds
                ]
                facts = {
                    **ANNEX_III,
                    "incident.consequences": consequences or ["serious_harm_to_health"],
                    "incident.widespread_infringement": widespread,
                    "incident.aware_on": "2028-03-01",
                }
                theirs = {
                    "todesfall": death,
                    "weitverbreiteter_verstoss": widespread,
                    "schwere_irreversible_kritische_infrastrukturstoerung": infrastructure,
                }
                decision = _decide(facts, moment="use")
                due = [
                    d.on
                    for f in decision.findings
                    if f.id.startswith("art73.")
                    for d in f.due_dates
                    if d.on is not None
                ]
                days = str((min(due) - date(2028, 3, 1)).days) if due else "none"
                yield Answer(
                    "Art. 73(2) to (4), days", theirs, days, str(_calculated("AIA_073_MELDEFRISTTAGE", theirs))
                )
    decision = _decide(ANNEX_III)
    units = {"years": "JAHR", "months": "MONAT", "weeks": "WOCHE", "days": "TAG", "hours": "STUNDE"}
    for provision, duty, rule in (
        ("Art. 18(1), years", "art18.1.a", "AIA_018_AUFBEWAHRUNGSDAUER"),
        ("Art. 22(3)(b), years", "art22.3.b", "AIA_022_003_B_AUFBEWAHRUNGSDAUER"),
        ("Art. 23(5), years", "art23.5.declaration_of_conformity", "AIA_023_005_AUFBEWAHRUNGSDAUER"),
        ("Art. 52(1), weeks", "art52.1.notify", "AIA_052_001_MELDEHOECHSTDAUER"),
    ):
        deadline = decision.pack_at.obligations[duty].deadlines[0]
        theirs = _calculated(rule, {})
        yield Answer(
            provision, {}, f"{deadline.amount} {units[deadline.unit]}", f"{theirs['anzahl']} {theirs['einheit']}"
        )
    for provision, parameter, rule in (
        ("Art. 19(1), months", "art19_log_retention_months", "AIA_019_001_REGELMINDESTDAUER"),
        ("Art. 26(6), months", "deployer_log_months", "AIA_026_006_REGELMINDESTDAUER"),
        ("Art. 60(4)(f), months", "real_world_test_months", "AIA_060_004_F_TESTHOECHSTDAUER"),
    ):
        theirs = _calculated(rule, {})
        yield Answer(provision, {}, str(decision.pack_at.values[parameter]), str(theirs["anzahl"]))


def starts() -> Iterator[Answer]:
    """Compare from when what applies: the day, the day before and the day after, under both texts."""
    import euaiact

    cases: tuple[tuple[str, str, str, Mapping[str, Any], str], ...] = (
        ("Art. 113, Chapters I and II", "KAPITEL_I_II_BESTAND", "art5.1.a", {}, "provider"),
        ("Art. 113, Art. 5(1)(ba) and (bb)", "ARTIKEL_5_BA_BB_1A_1B", "art5.1.ba", {}, "provider"),
        ("Art. 113, Chapter V", "KAPITEL_V", "art53.1.c", MODEL, "provider"),
        (
            "Art. 113, Annex III regime",
            "HOCHRISIKO_ANHANG_III_ABSCHNITT_1_BIS_3_OHNE_6_5",
            "art17.1.in_place",
            ANNEX_III,
            "provider",
        ),
        (
            "Art. 113, Annex I regime",
            "HOCHRISIKO_ANHANG_I_ABSCHNITT_1_BIS_3_OHNE_6_5",
            "art17.1.in_place",
            ANNEX_I,
            "provider",
        ),
        (
            "Art. 113, Annex I regime",
            "HOCHRISIKO_ANHANG_I_ARTIKEL_6_1_UND_ZUGEHOERIGE_PFLICHTEN",
            "art17.1.in_place",
            ANNEX_I,
            "provider",
        ),
        ("Art. 113, Art. 50", "ALLGEMEIN", "art50.1.inform", {}, "provider"),
        ("Art. 113, Section 5 for Annex III", "ALLGEMEIN", "art49.1.system", ANNEX_III, "provider"),
        ("Art. 113, Arts 72 and 73", "ALLGEMEIN", "art72.1", ANNEX_III, "provider"),
    )
    days = [
        date(2025, 2, 2),
        date(2025, 8, 2),
        date(2026, 8, 2),
        date(2026, 12, 2),
        date(2027, 8, 2),
        date(2027, 12, 2),
        date(2028, 8, 2),
    ]
    for text, as_of in TEXTS:
        for provision, area, duty, facts, role in cases:
            for day in (d for around in days for d in days_around(around)):
                result = euaiact.pruefe_anwendungsbeginn(area, day.isoformat(), quellenfassung=text)
                if result["status"] != "AUSGEWERTET":
                    continue  # an area that the text does not know, or a day before it
                decision = _decide(facts, role, on=day, as_of=as_of)
                if duty not in decision.pack_at.obligations:
                    continue
                ours = decision.evaluation.in_force(decision.pack_at.obligations[duty])
                yield Answer(
                    provision, {"on": day.isoformat(), "text": text}, _truth(ours), "yes" if result["wert"] else "no"
                )
    for text, as_of in TEXTS:
        for area, name in (("KAPITEL_XII_OHNE_101", "art99.4"), ("ARTIKEL_101", "art101.1")):
            for day in (d for around in days for d in days_around(around)):
                result = euaiact.pruefe_anwendungsbeginn(area, day.isoformat(), quellenfassung=text)
                if result["status"] != "AUSGEWERTET":
                    continue
                decision = _decide({**BASE, "operator.size": "larger"}, on=day, as_of=as_of)
                reached = ceiling_of(decision.pack_at.sanctions[name], decision.evaluation) is not None
                yield Answer(
                    f"Art. 113, fines under {'Art. 101' if name == 'art101.1' else 'Chapter XII'}",
                    {"on": day.isoformat(), "text": text},
                    "yes" if reached else "no",
                    "yes" if result["wert"] else "no",
                )


def transitions() -> Iterator[Answer]:
    """Compare who is spared by Article 111, by the day of the first placing on the market, around each cut-off."""
    import euaiact

    groups: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
        ("Art. 111(1)", "GROSS_IT_ANHANG_X", "annex_x_transition", {**ANNEX_III, "system.annex_x_component": True}),
        ("Art. 111(3)", "GPAI_MODELL", "legacy_gpai_model", MODEL),
        ("Art. 111(4)", "SYNTHETISCHE_AUSGABEN_ART_50_2", "legacy_generative_system", BASE),
        ("Art. 111(2), Annex III", "HOCHRISIKO_ANHANG_III", "legacy_high_risk", ANNEX_III),
        ("Art. 111(2), Annex I", "HOCHRISIKO_ANHANG_I", "legacy_high_risk", ANNEX_I),
        ("Art. 111(2), both classes", "HOCHRISIKO_DOPPELT", "legacy_high_risk", {**ANNEX_III, **PRODUCT}),
    )
    cut_offs = [date(2025, 8, 2), date(2026, 8, 2), date(2027, 8, 2), date(2027, 12, 2), date(2028, 8, 2)]
    for text, as_of in TEXTS:
        for provision, group, conclusion, facts in groups:
            for placed in (d for cut_off in cut_offs for d in days_around(cut_off)):
                for changed in (False, True) if "111(2)" in provision else (False,):
                    events: dict[str, Any] = {"inverkehrbringen": {"erfolgt": True, "datum": placed.isoformat()}}
                    if group != "GPAI_MODELL" and group != "SYNTHETISCHE_AUSGABEN_ART_50_2":
                        events["inbetriebnahme"] = {"erfolgt": False}
                    if "HOCHRISIKO" in group:
                        changes = [{"datum": "2029-01-15", "erheblich": True}] if changed else []
                        events |= {
                            "aenderungshistorie_vollstaendig": True,
                            "aenderungen": changes,
                            "fuer_behoerden_bestimmt": False,
                            "anbieter_oder_betreiber": True,
                        }
                    result = euaiact.pruefe_bestandsfrist(group, "2029-06-01", ereignisse=events, quellenfassung=text)
                    if result["status"] == "EINGABE_UNGUELTIG":
                        continue  # a transition that the text does not know
                    value = result["wert"]
                    theirs: bool | None = value["bestand"]
                    if "HOCHRISIKO" in group and theirs is not None:
                        theirs = theirs and not value["aenderungsvorbehalt_ausgeloest"]
                    stated = {
                        **facts,
                        "release.already_on_market": True,
                        "release.first_placed_on": placed.isoformat(),
                        "system.design_significantly_changed": changed,
                        "system.intended_for_public_authorities": False,
                        "value_chain.own_changes": [],
                        "conformity_assessment.changes_since": [],
                    }
                    if conclusion != "annex_x_transition":
                        stated["system.annex_x_component"] = False
                    decision = _decide(stated, on=date(2029, 6, 1), as_of=as_of)
                    ours = decision.evaluation.conclusion(conclusion)
                    yield Answer(
                        provision,
                        {"first placed": placed.isoformat(), "changed": changed, "text": text},
                        _truth(ours),
                        {True: "yes", False: "no", None: "unknown"}[theirs],
                    )
    for placed in (date(2027, 12, 1), date(2027, 12, 2)):
        for public in (True, False):
            events = {
                "inverkehrbringen": {"erfolgt": True, "datum": placed.isoformat()},
                "inbetriebnahme": {"erfolgt": False},
                "aenderungshistorie_vollstaendig": True,
                "aenderungen": [],
                "fuer_behoerden_bestimmt": public,
                "anbieter_oder_betreiber": True,
            }
            result = euaiact.pruefe_bestandsfrist(
                "HOCHRISIKO_ANHANG_III", "2029-06-01", ereignisse=events, quellenfassung=TEXT_IN_FORCE
            )
            stated = {
                **ANNEX_III,
                "release.already_on_market": True,
                "release.first_placed_on": placed.isoformat(),
                "system.design_significantly_changed": False,
                "system.intended_for_public_authorities": public,
                "system.annex_x_component": False,
                "value_chain.own_changes": [],
                "conformity_assessment.changes_since": [],
            }
            ours = _decide(stated, on=date(2029, 6, 1)).evaluation.conclusion("legacy_high_risk_for_public_authorities")
            yield Answer(
                "Art. 111(2), public authorities",
                {"first placed": placed.isoformat(), "for authorities": public},
                _truth(ours),
                "yes" if result["wert"]["behoerdenfrist_betroffen"] else "no",
            )


def _truth(truth: Truth) -> str:
    return {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "unknown"}[truth]
