"""The duties of operators and of providers of models: which of our questions say the same as which of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outside.euaiact_check import Axis, Provision, State, asked, chooses, fixed, listed, picks
from outside.euaiact_provisions import CLOSED, HIGH_RISK, LISTED, NO_PRACTICE, ONLY_RECRUITMENT, role

HIGH: Axis = tuple(State(s.ours, {k: v for k, v in s.theirs.items() if k == "hochrisikosystem"}) for s in HIGH_RISK)
BASE = {**NO_PRACTICE, **CLOSED, "value_chain.own_changes": []}
ROLE_FIELDS = {
    "provider": "anbieterrolle",
    "importer": "einfuehrerrolle",
    "distributor": "haendlerrolle",
    "deployer": "betreiberrolle",
    "authorised_representative": "bevollmaechtigtenrolle",
}
MOMENTS = {
    "provider": "placing_on_market",
    "importer": "placing_on_market",
    "distributor": "making_available",
    "deployer": "use",
    "authorised_representative": "placing_on_market",
}


def duty(
    provision: str,
    ours: str | tuple[str, ...],
    theirs: str,
    who: str,
    *axes: Axis,
    high: bool = True,
    base: Mapping[str, Any] = BASE,
) -> Provision:
    """Return a duty of somebody about a high-risk system: both role and class are combined with the rest."""
    names = (ours,) if isinstance(ours, str) else ours
    names = tuple(name if ":" in name else f"duty:{name}" for name in names)
    common = (role(who, ROLE_FIELDS[who]), *((HIGH,) if high else ()))
    return Provision(provision, names, f"AIA_{theirs}", (*common, *axes), base=base, moment=MOMENTS[who])


OPERATORS = (
    duty("Art. 17(1), with Art. 16", "art17.1.in_place", "016", "provider"),
    duty("Art. 18(1)", "art18.1.a", "018_001", "provider"),
    duty(
        "Art. 19(1)",
        "art19.1.kept",
        "019_001",
        "provider",
        asked("logs.under_provider_control", "automatisch_erzeugte_protokolle_unter_eigener_kontrolle"),
    ),
    duty(
        "Art. 19(2)",
        "art19.2",
        "019_002",
        "provider",
        asked("operator.is_financial_institution", "finanzinstitut_mit_unionsrechtlichen_governancepflichten"),
        asked("logs.under_provider_control"),
    ),
    duty(
        "Art. 20(1)",
        "art20.1.corrective_action",
        "020_001",
        "provider",
        asked(
            "system.nonconformity_suspected",
            "anbieter_haelt_system_fuer_nichtkonform",
            "anbieter_hat_grund_fuer_nichtkonformitaetsannahme",
        ),
        fixed(selbst_inverkehrgebracht_oder_inbetriebgenommen=True),
    ),
    duty(
        "Art. 20(2)",
        "art20.2.investigate",
        "020_002",
        "provider",
        asked("provider.aware_of_risk", "risiko_im_sinne_artikel_79_absatz_1", "anbieter_hat_kenntnis_vom_risiko"),
    ),
    duty(
        "Art. 21(1)",
        "art21.1.information",
        "021_001",
        "provider",
        listed("cooperation.authority_request", "information", "begruendetes_ersuchen_zustaendiger_behoerde"),
    ),
    duty(
        "Art. 21(2)",
        "art21.2",
        "021_002",
        "provider",
        listed(
            "cooperation.authority_request",
            "logs",
            "begruendetes_ersuchen_zustaendiger_behoerde",
            "protokollzugang_im_ersuchen_anwendbar",
        ),
        asked("logs.under_provider_control", "automatisch_erzeugte_protokolle_unter_eigener_kontrolle"),
    ),
    duty(
        "Art. 22(1)",
        "art22.1.mandate",
        "022_001",
        "provider",
        asked("operator.established_in_union", but_not=("anbieter_in_drittstaat_niedergelassen",), first=False),
        fixed(bereitstellung_auf_unionsmarkt_geplant=True),
    ),
    duty(
        "Art. 22(4)",
        "art22.4.terminate",
        "022_004",
        "authorised_representative",
        asked(
            "authorised_representative.doubts_provider",
            "anbieterpflichtverstoss_angenommen",
            "grund_fuer_annahme_anbieterpflichtverstoss",
        ),
    ),
    duty("Art. 23(1)", "art23.1.a", "023_001", "importer", fixed(inverkehrbringen_geplant=True)),
    duty(
        "Art. 23(2), bar",
        "art23.2",
        "023_002_SPERRE",
        "importer",
        picks(
            "supply.doubts",
            {
                "requirements_not_met": "hinreichender_grund_nichtkonformitaet",
                "other_nonconformity": "hinreichender_grund_nichtkonformitaet",
                "falsified": "hinreichender_grund_systemfaelschung",
                "falsified_documents": "hinreichender_grund_dokumentenfaelschung",
            },
        ),
        asked("supply.brought_into_conformity", "konformitaet_wiederhergestellt", first=False),
    ),
    duty(
        "Art. 23(2), risk",
        "art23.2.risk_provider",
        "023_002_RISIKO",
        "importer",
        asked("supply.presents_risk", "risiko_im_sinne_artikel_79_absatz_1"),
    ),
    duty(
        "Art. 23(4)",
        "art23.4",
        "023_004",
        "importer",
        asked(
            "supply.stored_or_transported", "system_unter_eigener_verantwortung", "lagerung_oder_transport_einschlaegig"
        ),
    ),
    duty(
        "Art. 23(6)",
        "art23.6.information",
        "023_006",
        "importer",
        listed("authority_request.received", "conformity_documents", "begruendetes_ersuchen_zustaendiger_behoerde"),
    ),
    duty(
        "Art. 23(7)",
        "art23.7",
        "023_007",
        "importer",
        listed("authority_request.received", "measures", "zustaendige_behoerde_ergreift_systembezogene_massnahme"),
        fixed(system_selbst_inverkehrgebracht=True),
    ),
    duty("Art. 24(1)", "art24.1.ce_marking", "024_001", "distributor", fixed(bereitstellung_auf_markt_geplant=True)),
    duty(
        "Art. 24(2), bar",
        "art24.2",
        "024_002_SPERRE",
        "distributor",
        picks(
            "supply.doubts",
            {
                "requirements_not_met": (
                    "haendler_haelt_abschnitt_2_fuer_nichterfuellt",
                    "haendler_hat_grund_fuer_abschnitt_2_nichtkonformitaet",
                ),
                "other_nonconformity": (),
                "falsified": (),
            },
        ),
        asked("supply.brought_into_conformity", "abschnitt_2_konformitaet_wiederhergestellt", first=False),
    ),
    duty(
        "Art. 24(2), risk",
        "art24.2.risk",
        "024_002_RISIKO",
        "distributor",
        asked("supply.presents_risk", "risiko_im_sinne_artikel_79_absatz_1"),
    ),
    duty(
        "Art. 24(3)",
        "art24.3",
        "024_003",
        "distributor",
        asked(
            "supply.stored_or_transported", "system_unter_eigener_verantwortung", "lagerung_oder_transport_einschlaegig"
        ),
    ),
    duty(
        "Art. 24(4), correction",
        "art24.4.corrective_action",
        "024_004_KORREKTUR",
        "distributor",
        asked(
            "supply.nonconformity_after_supply",
            "system_selbst_auf_markt_bereitgestellt",
            "haendler_haelt_abschnitt_2_fuer_nichterfuellt",
            "haendler_hat_grund_fuer_abschnitt_2_nichtkonformitaet",
        ),
    ),
    duty(
        "Art. 24(4), risk",
        "art24.4.risk_authorities",
        "024_004_RISIKO",
        "distributor",
        asked("supply.nonconformity_after_supply"),
        asked("supply.presents_risk", "risiko_im_sinne_artikel_79_absatz_1"),
        fixed(system_selbst_auf_markt_bereitgestellt=True),
    ),
    duty(
        "Art. 24(5)",
        "art24.5",
        "024_005",
        "distributor",
        listed("authority_request.received", "conformity_documents", "begruendetes_ersuchen_zustaendiger_behoerde"),
    ),
    duty(
        "Art. 24(6)",
        "art24.6",
        "024_006",
        "distributor",
        listed("authority_request.received", "measures", "zustaendige_behoerde_ergreift_systembezogene_massnahme"),
        fixed(system_selbst_auf_markt_bereitgestellt=True),
    ),
    Provision(
        "Art. 25(1)",
        ("deemed_provider",),
        "AIA_025_001",
        (
            (
                State(LISTED, {"nach_aenderung_weiterhin_hochrisiko": True, "nach_aenderung_hochrisiko": True}),
                State(
                    {"system.annex_iii_uses": []},
                    {"nach_aenderung_weiterhin_hochrisiko": False, "nach_aenderung_hochrisiko": False},
                ),
            ),
            asked("value_chain.high_risk_before_change", "bestehendes_hochrisikosystem"),
            picks(
                "value_chain.own_changes",
                {
                    "own_name": "eigener_name_oder_marke_auf_system",
                    "modified": "aenderung_nach_markt_oder_inbetriebnahme",
                    "repurposed": (
                        "aenderung_nach_markt_oder_inbetriebnahme",
                        "zweckbestimmung_geaendert",
                        "bewertete_zweckbestimmung_geaendert",
                    ),
                },
            ),
            asked("value_chain.change_foreseen_in_assessment", "bei_urspruenglicher_bewertung_vorgesehen", first=False),
            asked("value_chain.change_affects_compliance", "anforderungskonformitaet_beeinflusst"),
            fixed(
                haendler_einfuehrer_betreiber_oder_dritter=True,
                system_bereits_inverkehrgebracht_oder_inbetriebgenommen=True,
            ),
        ),
        roles=("deployer",),
        moment="use",
        base={**NO_PRACTICE, **CLOSED},
    ),
    Provision(
        "Art. 25(3)",
        ("rule:art25.3.a", "rule:art25.3.b"),
        "AIA_025_003",
        (
            role("product_manufacturer", "produktherstellerrolle"),
            (
                State(
                    {
                        "system.annex_i_law": ["lifts"],
                        "system.annex_i_role": "component",
                        "system.component_purpose": "safety_function",
                        "system.third_party_assessment": "required",
                    },
                    {
                        "hochrisikosystem": True,
                        "ki_system_ist_sicherheitsbauteil": True,
                        "produkt_unter_anhang_i_abschnitt_a": True,
                    },
                ),
                State(
                    {"system.annex_i_law": []}, {"hochrisikosystem": False, "produkt_unter_anhang_i_abschnitt_a": False}
                ),
            ),
            chooses(
                "value_chain.manufacturer_offer",
                {
                    name: {
                        "system_mit_produkt_unter_herstellernamen_inverkehrgebracht": name == "with_product",
                        "system_unter_herstellernamen_nach_produktmarkteintritt_inbetriebgenommen": name
                        == "after_product",
                    }
                    for name in ("with_product", "after_product", "neither")
                },
            ),
        ),
        base={**NO_PRACTICE, "system.annex_iii_uses": []},
    ),
    Provision(
        "Art. 25(4)",
        ("duty:art25.4.supplier_agreement",),
        "AIA_025_004",
        (
            chooses(
                "value_chain.supplied_for_high_risk",
                {
                    "annex_iii": {
                        "lieferung_system_werkzeug_dienst_komponente_oder_prozess_fuer_hochrisikosystem": True
                    },
                    "no": {"lieferung_system_werkzeug_dienst_komponente_oder_prozess_fuer_hochrisikosystem": False},
                },
            ),
            asked("value_chain.own_supply_open_source", "oeffentlich_unter_freier_open_source_lizenz", first=False),
            (
                State(
                    {"value_chain.own_supply": "ai_system"},
                    {
                        "liefergegenstand_ist_werkzeug_dienst_verfahren_oder_komponente": False,
                        "liefergegenstand_gpai_modell": False,
                    },
                ),
                State(
                    {"value_chain.own_supply": "gpai_model"},
                    {
                        "liefergegenstand_ist_werkzeug_dienst_verfahren_oder_komponente": True,
                        "liefergegenstand_gpai_modell": True,
                    },
                ),
                State(
                    {"value_chain.own_supply": "ai_model"},
                    {
                        "liefergegenstand_ist_werkzeug_dienst_verfahren_oder_komponente": True,
                        "liefergegenstand_gpai_modell": False,
                    },
                ),
                State(
                    {"value_chain.own_supply": "other"},
                    {
                        "liefergegenstand_ist_werkzeug_dienst_verfahren_oder_komponente": True,
                        "liefergegenstand_gpai_modell": False,
                    },
                ),
                State({}, {}),
            ),
        ),
        base={**BASE, "system.annex_iii_uses": []},
    ),
    duty("Art. 26(1)", "art26.1", "026_001", "deployer"),
    duty(
        "Art. 26(4)",
        "art26.4.relevant",
        "026_004",
        "deployer",
        asked("deployment.controls_input_data", "betreiber_hat_kontrolle_ueber_eingabedaten"),
    ),
    duty(
        "Art. 26(5), risk",
        "art26.5.risk_authority",
        "026_005_RISIKO",
        "deployer",
        asked("deployment.risk_suspected", "grund_fuer_risikoannahme_bei_gebrauchsanweisungsgemaesser_nutzung"),
    ),
    duty(
        "Art. 26(5), suspension",
        "art26.5.suspend",
        "026_005_RISIKO",
        "deployer",
        asked("deployment.risk_suspected", "grund_fuer_risikoannahme_bei_gebrauchsanweisungsgemaesser_nutzung"),
    ),
    duty(
        "Art. 26(5), incident",
        "art26.5.incident_authorities",
        "026_005_VORFALL",
        "deployer",
        picks(
            "incident.consequences",
            {
                "death": "schwerwiegender_vorfall_identifiziert",
                "property_or_environment": "schwerwiegender_vorfall_identifiziert",
            },
        ),
    ),
    Provision(
        "Art. 26(5), financial institutions",
        ("monitoring_deemed_fulfilled",),
        "AIA_026_005_FINANZFIKTION",
        (
            asked("operator.is_financial_institution", "finanzinstitut_mit_unionsrechtlichen_governancepflichten"),
            asked(
                "operator.meets_financial_governance_rules",
                "einschlaegige_finanzrechtliche_governanceregeln_eingehalten",
            ),
            fixed(betreiberrolle=True),
        ),
        roles=("deployer",),
        moment="use",
        base={**LISTED, **BASE},
    ),
    duty(
        "Art. 26(6)",
        "art26.6.appropriate",
        "026_006",
        "deployer",
        asked("deployment.controls_logs", "automatisch_erzeugte_protokolle_unter_eigener_kontrolle"),
    ),
    duty(
        "Art. 26(7)",
        "art26.7.workers",
        "026_007",
        "deployer",
        asked("deployment.at_workplace", "betreiber_ist_arbeitgeber", "einsatz_am_arbeitsplatz_geplant"),
    ),
    duty(
        "Art. 26(8), registration",
        "art26.8.use_registered",
        "026_008",
        "deployer",
        asked("operator.is_public_body", "betreiber_ist_behoerde"),
        fixed(betreiber_ist_unionseinrichtung=False),
    ),
    duty(
        "Art. 26(8), bar",
        "art26.8",
        "026_008_SPERRE",
        "deployer",
        asked("operator.is_public_body", "betreiber_ist_behoerde"),
        asked(
            "registration.system_registered",
            but_not=("fehlende_erforderliche_eu_registrierung_festgestellt",),
            first=False,
        ),
        fixed(betreiber_ist_unionseinrichtung=False, vorgesehene_nutzung_des_systems=True),
    ),
    duty(
        "Art. 26(9)",
        "art26.9",
        "026_009",
        "deployer",
        asked(
            "deployment.data_protection_assessment_due",
            "datenschutzfolgenabschaetzung_nach_dsgvo_35_oder_rl_2016_680_27_erforderlich",
        ),
    ),
    duty(
        "Art. 26(11)",
        "art26.11",
        "026_011",
        "deployer",
        asked(
            "deployment.decides_about_persons",
            "system_trifft_entscheidung_ueber_natuerliche_person",
            "system_unterstuetzt_entscheidung_ueber_natuerliche_person",
        ),
        asked("deployment.for_law_enforcement", first=False),
        fixed(hochrisikosystem_nach_anhang_iii=True),
    ),
)

# --- Article 26(10): identification after the fact
IDENTIFIES = {
    "system.annex_iii_uses": ["biometric_identification"],
    "system.compares_with_biometric_database": True,
    "system.identifies_without_active_involvement": True,
    "system.only_verifies_identity": False,
    "system.profiles_natural_persons": True,
    **BASE,
}
AFTERWARDS: Axis = (
    State(
        {"deployment.identifies_in_real_time": False},
        {"system_zur_nachtraeglichen_biometrischen_fernidentifizierung": True},
    ),
    State(
        {"deployment.identifies_in_real_time": True, "post_remote_identification.used": False},
        {"system_zur_nachtraeglichen_biometrischen_fernidentifizierung": False},
    ),
)
PURPOSES = picks(
    "post_remote_identification.purposes",
    {
        "targeted_search": "ermittlung_gezielte_suche_nach_straftatverdaechtigem_oder_verurteiltem",
        "initial_identification": (
            "ermittlung_gezielte_suche_nach_straftatverdaechtigem_oder_verurteiltem",
            "erstidentifikation_potenzieller_verdaechtiger",
            "erstidentifikation_auf_objektiven_nachpruefbaren_tatsachen",
            "erstidentifikation_tatsachen_unmittelbar_straftatbezogen",
        ),
        "other_targeted": (),
    },
)
AFTERWARDS_DUTIES = (
    duty(
        "Art. 26(10), authorisation",
        "art26.10.authorisation",
        "026_010_GENEHMIGUNG",
        "deployer",
        AFTERWARDS,
        tuple(s for s in PURPOSES if len(s.ours.get("post_remote_identification.purposes", [])) < 3),
        fixed(hochrisikosystem=True),
        high=False,
        base=IDENTIFIES,
    ),
    duty(
        "Art. 26(10), refusal",
        "art26.10.stop",
        "026_010_ABLEHNUNG",
        "deployer",
        AFTERWARDS,
        chooses(
            "post_remote_identification.authorisation",
            {
                name: {"genehmigungsantrag_nach_artikel_26_10_abgelehnt": name == "refused"}
                for name in ("refused", "granted", "requested")
            },
        ),
        fixed(hochrisikosystem=True),
        high=False,
        base=IDENTIFIES,
    ),
    duty(
        "Art. 26(10), untargeted use",
        "art26.10.untargeted",
        "026_010_UNGEZIELTES_VERBOT",
        "deployer",
        AFTERWARDS,
        (
            State(
                {"post_remote_identification.purposes": ["untargeted"]},
                {
                    "strafverfolgungszweck": True,
                    "einsatz_ungezielt": True,
                    "bezug_zu_straftat_oder_strafverfahren": False,
                    "bezug_zu_tatsaechlicher_gegenwaertiger_oder_vorhersehbarer_straftatdrohung": False,
                    "suche_nach_bestimmter_vermisster_person": False,
                },
            ),
            State(
                {"post_remote_identification.purposes": ["other_targeted"]},
                {"strafverfolgungszweck": True, "einsatz_ungezielt": False},
            ),
            State({"post_remote_identification.purposes": []}, {"strafverfolgungszweck": False}),
            State({}, {}),
        ),
        fixed(hochrisikosystem=True),
        high=False,
        base=IDENTIFIES,
    ),
    duty(
        "Art. 26(10), documentation",
        "art26.10.police_file",
        "026_010_DOKUMENTATION",
        "deployer",
        AFTERWARDS,
        fixed(hochrisikosystem=True, konkreter_einsatz_des_systems=True),
        high=False,
        base=IDENTIFIES,
    ),
    duty(
        "Art. 26(10), annual report",
        "art26.10.annual_report",
        "026_010_JAHRESBERICHT",
        "deployer",
        AFTERWARDS,
        fixed(hochrisikosystem=True, einsatz_im_betrachteten_berichtszeitraum=True),
        high=False,
        base=IDENTIFIES,
    ),
)

# --- Articles 27, 43, 46 to 49, 60, 63, 72, 73 and 86, on systems that differ in their listed use
# Everything in Annex III they ask about is answered; only what a use says is answered with yes.
NO_USE = {**ONLY_RECRUITMENT, "zweck_personalgewinnung_oder_personalauswahl": False}
NO_DEROGATION = dict.fromkeys(
    (
        "enge_verfahrensaufgabe",
        "verbesserung_abgeschlossener_menschlicher_taetigkeit",
        "erkennung_entscheidungmuster_oder_abweichungen",
        "vorbereitung_einer_anhang_iii_bewertung",
    ),
    False,
)
CREDIT = {
    "natuerliche_person_als_kreditgegenstand": True,
    "zweck_kreditwuerdigkeitsbewertung": True,
    "zweck_erkennung_finanzbetrug": False,
}
GRID = {
    "zweck_sicherheitsbauteil_infrastruktur": True,
    "verwaltung_oder_betrieb_infrastruktur": True,
    "stromversorgung": True,
}
OURS_CREDIT = {"system.scores_natural_persons": True, "system.only_detects_financial_fraud": False}
OURS_GRID = {"system.component_purpose": "safety_function"}


def _uses(*fields: str) -> Axis:
    """Return systems by their listed use; `fields` say that it is high-risk."""

    def state(uses: list[str], ours: Mapping[str, Any], theirs: Mapping[str, bool]) -> State:
        listed_there = {**NO_USE, **NO_DEROGATION, **theirs, **dict.fromkeys(fields, bool(uses))}
        return State({"system.annex_iii_uses": uses, "system.profiles_natural_persons": True, **ours}, listed_there)

    return (
        state(["recruitment"], {}, {"zweck_personalgewinnung_oder_personalauswahl": True}),
        state(["creditworthiness"], OURS_CREDIT, CREDIT),
        state(
            ["insurance"],
            {"system.insurance_functions": ["life_or_health_pricing"]},
            {
                "natuerliche_person_als_versicherungsgegenstand": True,
                "lebensversicherung": True,
                "zweck_preisbildung_versicherung": True,
            },
        ),
        state(["utilities_supply"], OURS_GRID, GRID),
        state(["utilities_supply", "creditworthiness"], {**OURS_GRID, **OURS_CREDIT}, {**GRID, **CREDIT}),
        state(
            ["utilities_supply", "recruitment"],
            OURS_GRID,
            {**GRID, "zweck_personalgewinnung_oder_personalauswahl": True},
        ),
        state([], {}, {}),
    )


def _only(axis: Axis, *fields: str) -> Axis:
    """Leave only these fields of theirs."""
    return tuple(State(s.ours, {k: v for k, v in s.theirs.items() if k in fields}) for s in axis)


POINT_2 = ("zweck_sicherheitsbauteil_infrastruktur", "verwaltung_oder_betrieb_infrastruktur", "stromversorgung")
BY_USE = _only(_uses("hochrisikosystem_nach_anhang_iii"), "hochrisikosystem_nach_anhang_iii", *POINT_2)
PRODUCT: Axis = (
    State({"system.annex_i_law": []}, {"produkt_unter_anhang_i_abschnitt_a": False}),
    State(
        {
            "system.annex_i_law": ["lifts"],
            "system.annex_i_role": "product_itself",
            "system.third_party_assessment": "required",
        },
        {"produkt_unter_anhang_i_abschnitt_a": True},
    ),
)
STANDARDS = chooses(
    "conformity_assessment.harmonised_standards",
    {
        name: {
            "einschlaegige_harmonisierte_norm_existiert": name != "none_exist",
            "einschlaegige_harmonisierte_norm_vollstaendig_angewandt": name in ("in_full", "restricted"),
            "einschlaegige_harmonisierte_norm_mit_einschraenkung_veroeffentlicht": name == "restricted",
            "bewerteter_anforderungsteil_von_normeinschraenkung_betroffen": name == "restricted",
        }
        for name in ("none_exist", "in_full", "in_part", "not_applied", "restricted")
    },
)
SPECIFICATIONS = chooses(
    "conformity_assessment.common_specifications",
    {
        name: {
            "einschlaegige_gemeinsame_spezifikationen_verfuegbar": name != "not_available",
            "einschlaegige_gemeinsame_spezifikationen_angewandt": name == "applied",
        }
        for name in ("not_available", "applied", "not_applied")
    },
)
BIOMETRIC: Axis = (
    State(
        {"system.annex_iii_uses": ["biometric_identification"]},
        {
            "hochrisikosystem": True,
            "system_ist_anhang_iii_nummer_1_zugeordnet": True,
            "system_nur_anhang_iii_nummern_2_bis_8": False,
        },
    ),
    State(
        {"system.annex_iii_uses": ["recruitment"]},
        {
            "hochrisikosystem": True,
            "system_ist_anhang_iii_nummer_1_zugeordnet": False,
            "system_nur_anhang_iii_nummern_2_bis_8": True,
        },
    ),
    State(
        {"system.annex_iii_uses": ["recruitment", "biometric_identification"]},
        {
            "hochrisikosystem": True,
            "system_ist_anhang_iii_nummer_1_zugeordnet": True,
            "system_nur_anhang_iii_nummern_2_bis_8": False,
        },
    ),
    State(
        {"system.annex_iii_uses": []},
        {"system_ist_anhang_iii_nummer_1_zugeordnet": False, "system_nur_anhang_iii_nummern_2_bis_8": False},
    ),
)
ROUTE_BASE = {k: v for k, v in IDENTIFIES.items() if k not in ("system.annex_iii_uses", "system.annex_i_law")}


def _route(provision: str, ours: tuple[str, ...], theirs: str, *axes: Axis, fields: tuple[str, ...]) -> Provision:
    return Provision(
        provision, ours, theirs, (_only(BIOMETRIC, *fields), PRODUCT, *axes, fixed(anbieterrolle=True)), base=ROUTE_BASE
    )


FIRST = ("system_ist_anhang_iii_nummer_1_zugeordnet", "hochrisikosystem")
PROCEDURES = (
    duty(
        "Art. 27(1)",
        "art27.1.a",
        "027_001",
        "deployer",
        _uses(),
        asked("operator.is_public_body", "oeffentlich_rechtliche_einrichtung"),
        asked("deployment.private_public_service", "privater_oeffentlicher_dienstleister"),
        fixed({"fria.made_at_first_use": False}, profiling_natuerlicher_personen=True),
        high=False,
    ),
    duty(
        "Art. 27(2), first use",
        "art27.1.a",
        "027_002_ERSTE",
        "deployer",
        asked("fria.made_at_first_use", but_not=("erstmaliger_einsatz_des_systems",), first=False),
        asked("operator.is_public_body", "oeffentlich_rechtliche_einrichtung"),
        fixed(
            LISTED,
            **{**NO_USE, **NO_DEROGATION, "zweck_personalgewinnung_oder_personalauswahl": True},
            profiling_natuerlicher_personen=True,
            privater_oeffentlicher_dienstleister=False,
        ),
        fixed({"deployment.private_public_service": False}),
        high=False,
    ),
    duty(
        "Art. 27(2), update",
        "art27.2.update",
        "027_002_UPDATE",
        "deployer",
        asked(
            "fria.outdated",
            "betreiber_erkennt_geaendertes_fria_element",
            "betreiber_erkennt_nicht_mehr_aktuelles_fria_element",
        ),
        asked("operator.is_public_body", "oeffentlich_rechtliche_einrichtung"),
        fixed(
            LISTED,
            **{**NO_USE, **NO_DEROGATION, "zweck_personalgewinnung_oder_personalauswahl": True},
            profiling_natuerlicher_personen=True,
            privater_oeffentlicher_dienstleister=False,
            system_wird_genutzt=True,
        ),
        fixed({"deployment.private_public_service": False}),
        high=False,
    ),
    duty(
        "Art. 27(3)",
        "art27.3.results",
        "027_003_MITTEILUNG",
        "deployer",
        asked("conformity_assessment.authorised_by_derogation", "fall_nach_artikel_46_absatz_1", first=False),
        asked("fria.notification_waived", "konkrete_befreiung_von_fria_mitteilung", first=False),
        asked("operator.is_public_body", "oeffentlich_rechtliche_einrichtung"),
        fixed(
            LISTED,
            **{**NO_USE, **NO_DEROGATION, "zweck_personalgewinnung_oder_personalauswahl": True},
            profiling_natuerlicher_personen=True,
            privater_oeffentlicher_dienstleister=False,
            fria_durchgefuehrt=True,
        ),
        fixed({"deployment.private_public_service": False}),
        high=False,
    ),
    _route(
        "Art. 43(1), second subparagraph",
        ("notified_body_compulsory", "notified_body_for_restricted_part"),
        "AIA_043_001_VII_ERFORDERLICH",
        STANDARDS,
        SPECIFICATIONS,
        fields=FIRST,
    ),
    _route(
        "Art. 43(1), first subparagraph",
        ("internal_control_or_notified_body",),
        "AIA_043_001_WAHL_VI_VII",
        tuple(s for s in STANDARDS if s.ours.get("conformity_assessment.harmonised_standards") != "restricted"),
        SPECIFICATIONS,
        fields=FIRST,
    ),
    _route(
        "Art. 43(1)(d), choice for the rest",
        ("internal_control_or_notified_body",),
        "AIA_043_001_WAHL_VI_VII",
        tuple(s for s in STANDARDS if s.ours.get("conformity_assessment.harmonised_standards") == "restricted"),
        SPECIFICATIONS,
        fields=FIRST,
    ),
    _route(
        "Art. 43(2)",
        ("internal_control_compulsory",),
        "AIA_043_002",
        fields=("hochrisikosystem", "system_nur_anhang_iii_nummern_2_bis_8"),
    ),
    _route("Art. 43(3)", ("product_procedure",), "AIA_043_003", fixed(hochrisikosystem=True), fields=()),
    Provision(
        "Art. 43(1), third subparagraph",
        ("authority_in_place_of_notified_body",),
        "AIA_043_001_AUFSICHT_ALS_STELLE",
        (
            (
                State(
                    {"conformity_assessment.harmonised_standards": "not_applied"},
                    {"anhang_vii_verfahren_fuer_hochrisikosystem_anhang_iii_1": True},
                ),
                State(
                    {
                        "conformity_assessment.harmonised_standards": "in_full",
                        "conformity_assessment.common_specifications": "not_available",
                        "conformity_assessment.carried_out": ["internal_control"],
                    },
                    {"anhang_vii_verfahren_fuer_hochrisikosystem_anhang_iii_1": False},
                ),
            ),
            asked(
                "system.intended_for_security_or_union_bodies",
                "inbetriebnahme_durch_strafverfolgungsbehoerde_vorgesehen",
                "inbetriebnahme_durch_einwanderungs_oder_asylbehoerde_vorgesehen",
                "inbetriebnahme_durch_unionseinrichtung_vorgesehen",
            ),
        ),
        base=IDENTIFIES,
    ),
    Provision(
        "Art. 43(4)",
        ("duty:art43.4.new_assessment",),
        "AIA_043_004",
        (
            HIGH,
            picks(
                "conformity_assessment.changes_since",
                {"affects_compliance": "wesentliche_veraenderung", "intended_purpose": "wesentliche_veraenderung"},
            ),
            fixed({"conformity_assessment.changes_foreseen": False}, system_bereits_konformitaetsbewertet=True),
        ),
        base=BASE,
    ),
    duty("Art. 47(1)", "art47.1.drawn_up", "047_001", "provider"),
    Provision(
        "Art. 47(1), form",
        ("met:art47.1.drawn_up",),
        "AIA_047_001_KRITERIEN",
        (
            chooses(
                "eu_declaration.form",
                {
                    name: {
                        "eu_erklaerung_maschinenlesbar": name == "machine_readable",
                        "eu_erklaerung_physisch_unterzeichnet": name == "physical",
                        "eu_erklaerung_elektronisch_unterzeichnet": name == "electronically_signed",
                    }
                    for name in ("machine_readable", "physical", "electronically_signed")
                },
            ),
            fixed(eu_erklaerung_schriftlich=True, eu_erklaerung_identifiziert_konkretes_system=True),
        ),
        base={**LISTED, **BASE},
    ),
    Provision(
        "Art. 48(2)",
        ("duty:art48.2",),
        "AIA_048_002",
        (HIGH, asked("system.provided_digitally", "system_digital_bereitgestellt")),
        base=BASE,
    ),
    duty(
        "Art. 49(1)",
        "art49.1.system",
        "049_001",
        "provider",
        BY_USE,
        fixed(bevollmaechtigter_zustaendig_fuer_registrierung=False),
        high=False,
    ),
    Provision(
        "Art. 49(2)",
        ("derogation_registration_due",),
        "AIA_049_002",
        (
            (
                State(
                    {"system.performs_narrow_procedural_task": True},
                    {"anbieter_hat_nichthochrisiko_nach_artikel_6_3_festgestellt": True},
                ),
                State({}, {"anbieter_hat_nichthochrisiko_nach_artikel_6_3_festgestellt": False}),
            ),
            fixed(anbieterrolle=True),
        ),
        base={**BASE, "system.annex_iii_uses": ["recruitment"], "system.profiles_natural_persons": False},
    ),
    Provision(
        "Art. 49(3)",
        ("deployer_registration_due",),
        "AIA_049_003",
        (
            BY_USE,
            asked("operator.is_public_body", "betreiber_ist_behoerde"),
            asked("operator.acts_for_public_body", "betreiber_handelt_im_auftrag_oeffentlicher_stelle", first=False),
            fixed(betreiberrolle=True, betreiber_ist_unionseinrichtung=False),
        ),
        roles=("deployer",),
        moment="use",
        base=BASE,
    ),
    Provision(
        "Art. 49(5)",
        ("national_registration_due",),
        "AIA_049_005",
        (_only(_uses("hochrisikosystem"), "hochrisikosystem", *POINT_2),),
        base=BASE,
    ),
    Provision(
        "Art. 60(1) and (2)",
        ("real_world_test",),
        "AIA_060_BEREICH",
        (
            HIGH_RISK,
            asked("sandbox.participates", but_not=("realtest_ausserhalb_ki_reallabor",), first=False),
            (
                State(
                    {"release.moment": "real_world_testing"},
                    {"realtest_vor_inverkehrbringen_oder_inbetriebnahme": True},
                ),
                State({"release.moment": "use"}, {"realtest_vor_inverkehrbringen_oder_inbetriebnahme": False}),
            ),
            fixed(anbieterrolle=True, produkt_unter_anhang_i_abschnitt_a=False),
        ),
        base=BASE,
    ),
    Provision(
        "Art. 63(1)",
        ("duty:art63.1.simplified",),
        "AIA_063_001",
        (
            tuple(
                State(s.ours, {"anbieter_hochrisikosystem": s.theirs["hochrisikosystem"]} if s.theirs else {})
                for s in HIGH_RISK
            ),
            chooses(
                "operator.size",
                {
                    name: {"kmu_status": name == "sme"}
                    for name in ("sme", "small_mid_cap", "larger", "not_an_enterprise")
                },
            ),
            asked(
                "operator.has_partner_or_linked_enterprises",
                "partnerunternehmen_vorhanden",
                "verbundene_unternehmen_vorhanden",
                first=False,
            ),
        ),
        base=BASE,
    ),
    Provision(
        "Art. 11(1), who may simplify",
        ("not duty:art11.1.full_form",),
        "AIA_011_001_VEREINFACHUNG",
        (
            tuple(
                State({"operator.size": name}, {"kmu_status": name == "sme", "smc_status": name == "small_mid_cap"})
                for name in ("sme", "small_mid_cap", "larger", "not_an_enterprise")
            ),
        ),
        base={**LISTED, **BASE},
    ),
    duty("Art. 72(1)", "art72.1", "072_001", "provider"),
    Provision(
        "Art. 73(1), (9) and (10)",
        ("reportable_incident",),
        "AIA_073_001",
        (
            picks(
                "incident.consequences",
                {
                    "death": "schwerwiegender_vorfall_identifiziert",
                    "fundamental_rights": (
                        "schwerwiegender_vorfall_identifiziert",
                        "verletzung_unionsrechtlicher_grundrechtsschutzpflicht",
                    ),
                },
            ),
            asked(
                "operator.equivalent_incident_reporting",
                "anbieter_unterliegt_gleichwertigen_unionsrechtlichen_meldepflichten",
                first=False,
            ),
            (
                State({"system.annex_i_law": []}, {"system_ist_medizinprodukt_oder_dessen_sicherheitsbauteil": False}),
                State(
                    {"system.annex_i_law": ["medical_devices"], "system.annex_i_role": "product_itself"},
                    {
                        "system_ist_medizinprodukt_oder_dessen_sicherheitsbauteil": True,
                        "produkt_unter_verordnung_2017_745": True,
                    },
                ),
            ),
            fixed(
                anbieterrolle=True,
                hochrisikosystem=True,
                hochrisikosystem_auf_unionsmarkt_inverkehrgebracht=True,
                hochrisikosystem_nach_anhang_iii=True,
                system_inverkehrgebracht_oder_inbetriebgenommen=True,
            ),
        ),
        base={**NO_PRACTICE, **LISTED},
    ),
    Provision(
        "Art. 86(1) to (3)",
        ("explanation_owed",),
        "AIA_086_001",
        (
            tuple(State(s.ours, {**s.theirs, "profiling_natuerlicher_personen": True}) for s in _uses()),
            asked(
                "explanation.decisions_with_effect",
                "entscheidung_erzeugt_rechtswirkung",
                "entscheidung_beeintraechtigt_person_aehnlich_erheblich",
            ),
            asked(
                "explanation.restricted_by_law",
                "rechtskonforme_ausnahme_oder_beschraenkung_erfasst_erklaerungsteil",
                first=False,
            ),
            asked(
                "explanation.right_in_other_union_law",
                "erklaerungsrecht_fuer_diesen_teil_bereits_durch_unionsrecht_gewaehrt",
                first=False,
            ),
            fixed(
                betroffene_person_entscheidung_unterworfen=True,
                entscheidung_durch_betreiber=True,
                entscheidung_auf_systemoutput_gestuetzt=True,
                person_sieht_nachteilige_auswirkung_auf_gesundheit=True,
            ),
        ),
        roles=("deployer",),
        moment="use",
        base=BASE,
    ),
)

# --- Article 4 and Article 50
OFFENCES = "gesetzlich_erlaubte_straftataufdeckung_verhuetung_untersuchung_oder_verfolgung"
TRANSPARENCY = (
    duty(
        "Art. 4(1), providers",
        "art4.1.provider",
        "004_001",
        "provider",
        fixed({"release.exclusions": []}, ki_system=True, betreiberrolle=False),
        high=False,
    ),
    duty(
        "Art. 4(1), deployers",
        "art4.1.deployer",
        "004_001",
        "deployer",
        fixed({"release.exclusions": []}, ki_system=True, anbieterrolle=False),
        high=False,
    ),
    duty(
        "Art. 50(1)",
        "art50.1.inform",
        "050_001",
        "provider",
        asked("system.interacts_directly", "zweck_direkte_interaktion_natuerliche_personen"),
        asked(
            "system.ai_interaction_obvious",
            "ki_interaktion_fuer_verstaendige_aufmerksame_person_offensichtlich",
            first=False,
        ),
        asked("system.authorised_by_law_for_offences", OFFENCES, first=False),
        asked("system.third_party_safeguards", "angemessene_drittrechtsschutzgarantien"),
        asked("system.public_reports_offences", "oeffentlich_zur_straftatmeldung_zugaenglich"),
        fixed({"system.transparency_situations": ["interacts_with_people"]}),
        high=False,
    ),
    duty(
        "Art. 50(2)",
        "art50.2.machine_readable",
        "050_002",
        "provider",
        asked("system.generates_synthetic_content", "system_generiert_synthetische_audio_bild_video_oder_textinhalte"),
        asked("system.assists_standard_editing", "assistenz_fuer_standardbearbeitung", first=False),
        asked(
            "system.leaves_input_substantially_unaltered",
            "keine_wesentliche_aenderung_eingabedaten_oder_semantik",
            first=False,
        ),
        asked("system.authorised_by_law_for_offences", OFFENCES, first=False),
        fixed({"system.transparency_situations": ["generates_content"]}),
        high=False,
    ),
    duty(
        "Art. 50(3)",
        "art50.3.inform",
        "050_003",
        "deployer",
        picks(
            "system.transparency_situations",
            {
                "infers_emotions": "emotionserkennungssystem",
                "categorises_people": "biometrisches_kategorisierungssystem",
            },
        ),
        asked(
            "system.biometrics_permitted_for_offences",
            "gesetzlich_erlaubte_straftataufdeckung_verhuetung_oder_untersuchung",
            "einsatz_im_einklang_mit_unionsrecht",
            first=False,
        ),
        asked("system.third_party_safeguards", "angemessene_drittrechtsschutzgarantien", first=False),
        fixed(
            {
                "system.infers_emotions_from_biometric_data": True,
                "system.categorises_individually": True,
                "system.categorisation_is_ancillary_to_service": False,
            }
        ),
        high=False,
    ),
    duty(
        "Art. 50(4), deep fakes",
        ("art50.4.disclose", "art50.4.disclose_existence"),
        "050_004_BILD",
        "deployer",
        (
            State(
                {"content.made_by_ai": True, "content.resembles_existing": True, "content.appears_authentic": True},
                {"ki_generiert_oder_manipuliert_bild_audio_video": True, "inhalt_ist_deepfake": True},
            ),
            State({"content.made_by_ai": False}, {"ki_generiert_oder_manipuliert_bild_audio_video": False}),
            State(
                {"content.made_by_ai": True, "content.appears_authentic": False},
                {"ki_generiert_oder_manipuliert_bild_audio_video": True, "inhalt_ist_deepfake": False},
            ),
            State({}, {}),
        ),
        asked("deployment.use_authorised_by_law_for_offences", OFFENCES, first=False),
        fixed({"system.transparency_situations": ["deep_fakes"]}),
        high=False,
    ),
    duty(
        "Art. 50(4), artistic works",
        "art50.4.disclose_existence",
        "050_004_KUNST",
        "deployer",
        asked(
            "content.evidently_artistic",
            "offensichtlich_kuenstlerisches_kreatives_satirisches_fiktives_oder_aehnliches_werk",
        ),
        asked("deployment.use_authorised_by_law_for_offences", OFFENCES, first=False),
        fixed(
            {
                "system.transparency_situations": ["deep_fakes"],
                "content.made_by_ai": True,
                "content.resembles_existing": True,
                "content.appears_authentic": True,
            },
            ki_generiert_oder_manipuliert_bild_audio_video=True,
            inhalt_ist_deepfake=True,
        ),
        high=False,
    ),
    duty(
        "Art. 50(4), text",
        "art50.4.disclose_text",
        "050_004_TEXT",
        "deployer",
        asked("content.made_by_ai", "ki_generiert_oder_manipuliert_text"),
        asked("content.published_to_inform_public", "veroeffentlichung_zur_information_ueber_oeffentliches_interesse"),
        asked("content.human_reviewed", "menschliche_inhaltspruefung", "redaktionelle_kontrolle", first=False),
        asked(
            "content.editorial_responsibility",
            "natuerliche_oder_juristische_person_redaktionell_verantwortlich",
            first=False,
        ),
        asked("deployment.use_authorised_by_law_for_offences", OFFENCES, first=False),
        fixed({"system.transparency_situations": ["public_interest_text"], "content.matter_of_public_interest": True}),
        high=False,
    ),
)
TRANSPARENCY = tuple(
    Provision(p.provision, p.ours, p.theirs, p.axes, p.moment, p.roles, {**BASE, "system.annex_iii_uses": []})
    for p in TRANSPARENCY
)

# --- Chapter V
MODEL = {
    "release.subject": "model",
    "model.monetised": False,
    "model.modification": "significant",
    "value_chain.own_changes": [],
}
GENERAL = chooses("model.generality", {"wide_range": {"gpai_modell": True}, "one_task": {"gpai_modell": False}})
COMPUTE: Axis = (
    *(
        State({"model.training_compute": number}, {"trainings_flops": plain})
        for number, plain in (
            ("1.0000000001e25", "10000000001000000000000000"),
            ("1e25", "10000000000000000000000000"),
            ("9.99e24", "9990000000000000000000000"),
        )
    ),
    State({}, {}),
)
NO_LICENCE = {"model.public_parts": []}


def model_duty(
    provision: str, ours: str, theirs: str, *axes: Axis, who: str = "provider", base: Mapping[str, Any] | None = None
) -> Provision:
    """Return a duty about a general-purpose model."""
    name = ours if ":" in ours or not ours.startswith("art") else f"duty:{ours}"
    common = (role(who, ROLE_FIELDS[who]),) if who == "provider" else ()
    return Provision(
        provision,
        (name,),
        f"AIA_{theirs}",
        (*common, *axes),
        roles=(who,),
        base={**MODEL, **NO_LICENCE, **(base or {})},
    )


SYSTEMIC: Axis = (
    State(
        {"model.generality": "wide_range", "model.training_compute": "2e25"},
        {"gpai_modell_mit_systemischem_risiko": True},
    ),
    State(
        {"model.generality": "wide_range", "model.training_compute": "1e24"},
        {"gpai_modell_mit_systemischem_risiko": False},
    ),
    State({"model.generality": "wide_range"}, {}),
)
MODELS = (
    Provision(
        "Art. 51(2)", ("rule:art51.2",), "AIA_051_002", (COMPUTE,), base={**MODEL, "model.generality": "wide_range"}
    ),
    Provision(
        "Art. 51(1)(a)",
        ("high_impact_capabilities",),
        "AIA_051_001_A",
        (
            COMPUTE,
            asked(
                "model.high_impact_capabilities",
                "hohe_wirkmaechtigkeit_durch_geeignete_werkzeuge_und_methoden_bewertet",
            ),
        ),
        base={**MODEL, "model.generality": "wide_range"},
    ),
    Provision(
        "Art. 51(1), with Art. 52(2) and (3)",
        ("systemic_risk",),
        "AIA_051_SYSTEMRISIKOEINSTUFUNG",
        (
            GENERAL,
            COMPUTE,
            asked(
                "model.designated_systemic_risk",
                "kommission_hat_gleichwertige_faehigkeiten_oder_auswirkungen_festgestellt",
                "kommissionsentscheidung_beruecksichtigt_anhang_xiii",
            ),
            chooses(
                "model.systemic_risk_rebuttal",
                {
                    name: {"wirksame_kommissionsausnahmeentscheidung_zum_51_1_a_weg": name == "accepted"}
                    for name in ("none", "accepted")
                },
            ),
            fixed(
                {"model.high_impact_capabilities": False},
                hohe_wirkmaechtigkeit_durch_geeignete_werkzeuge_und_methoden_bewertet=False,
            ),
        ),
        base=MODEL,
    ),
    model_duty(
        "Art. 52(1)",
        "art52.1.notify",
        "052_001_MELDUNG",
        GENERAL,
        COMPUTE,
        fixed(
            {"model.high_impact_capabilities": False},
            hohe_wirkmaechtigkeit_durch_geeignete_werkzeuge_und_methoden_bewertet=False,
            bekannt_dass_hohe_wirkmaechtigkeit_erreicht_werden_wird=False,
        ),
    ),
    Provision(
        "Art. 53(2)",
        ("open_source_gpai_exempt",),
        "AIA_053_002",
        (
            (
                State(
                    {"model.licence_freedoms": ["access", "use", "modify", "distribute"]},
                    {"lizenz_erlaubt_zugang_nutzung_aenderung_verbreitung": True},
                ),
                State(
                    {"model.licence_freedoms": ["access", "use", "modify"]},
                    {"lizenz_erlaubt_zugang_nutzung_aenderung_verbreitung": False},
                ),
                State({}, {}),
            ),
            picks(
                "model.public_parts",
                {
                    "weights": "gewichte_oeffentlich",
                    "architecture": "architekturinformation_oeffentlich",
                    "usage_information": "nutzungsinformation_oeffentlich",
                },
            ),
            SYSTEMIC,
            asked("model.monetised", first=False),
        ),
        base={k: v for k, v in MODEL.items() if k != "model.monetised"},
    ),
    *(
        model_duty(f"Art. 53(1)({letter})", f"art53.1.{letter}", f"053_001_{letter.upper()}", SYSTEMIC_OPEN)
        for letter, SYSTEMIC_OPEN in (
            (
                letter,
                (
                    State(
                        {
                            "model.generality": "wide_range",
                            "model.public_parts": [],
                            "model.training_compute": "1e24",
                        },
                        {"gpai_modell": True, "gewichte_oeffentlich": False}
                        if letter in "ab"
                        else {"gpai_modell": True},
                    ),
                    State(
                        {
                            "model.generality": "wide_range",
                            "model.public_parts": ["weights", "architecture", "usage_information"],
                            "model.training_compute": "1e24",
                            "model.licence_freedoms": ["access", "use", "modify", "distribute"],
                        },
                        {
                            "gpai_modell": True,
                            **(
                                dict.fromkeys(
                                    (
                                        "lizenz_erlaubt_zugang_nutzung_aenderung_verbreitung",
                                        "gewichte_oeffentlich",
                                        "architekturinformation_oeffentlich",
                                        "nutzungsinformation_oeffentlich",
                                    ),
                                    True,
                                )
                                | {"gpai_modell_mit_systemischem_risiko": False}
                                if letter in "ab"
                                else {}
                            ),
                        },
                    ),
                    State({"model.generality": "one_task"}, {"gpai_modell": False}),
                ),
            )
            for letter in "ab"
        )
    ),
    model_duty("Art. 53(1)(c)", "art53.1.c", "053_001_C", GENERAL),
    model_duty("Art. 53(1)(d)", "art53.1.d", "053_001_D", GENERAL),
    model_duty("Art. 53(3)", "art53.3", "053_003", GENERAL),
    model_duty(
        "Art. 54(1), with (6)",
        "art54.1",
        "054_001",
        GENERAL,
        asked("operator.established_in_union", but_not=("anbieter_in_drittstaat_niedergelassen",), first=False),
        (
            State({"model.public_parts": []}, {"gewichte_oeffentlich": False}),
            State(
                {
                    "model.public_parts": ["weights", "architecture", "usage_information"],
                    "model.licence_freedoms": ["access", "use", "modify", "distribute"],
                    "model.training_compute": "1e24",
                },
                {
                    **dict.fromkeys(
                        (
                            "lizenz_erlaubt_zugang_nutzung_aenderung_verbreitung",
                            "gewichte_oeffentlich",
                            "architekturinformation_oeffentlich",
                            "nutzungsinformation_oeffentlich",
                        ),
                        True,
                    ),
                    "gpai_modell_mit_systemischem_risiko": False,
                },
            ),
        ),
        fixed(beabsichtigtes_inverkehrbringen_modell_in_union=True),
    ),
    model_duty(
        "Art. 54(5)",
        "art54.5.terminate",
        "054_005",
        asked(
            "model_representative.doubts_provider",
            "bevollmaechtigter_haelt_anbieterhandeln_fuer_pflichtwidrig",
            "bevollmaechtigter_hat_grund_pflichtwidrigkeit_anzunehmen",
        ),
        fixed({"model.generality": "wide_range"}, gpai_bevollmaechtigter=True),
        who="authorised_representative",
    ),
    *(
        model_duty(f"Art. 55(1)({letter})", f"art55.1.{name}", f"055_001_{letter.upper()}", SYSTEMIC)
        for letter, name in (("a", "a"), ("b", "b.assess"), ("c", "c.track"), ("d", "d.model"))
    ),
)

PROVISIONS: tuple[Provision, ...] = (*TRANSPARENCY, *OPERATORS, *AFTERWARDS_DUTIES, *PROCEDURES, *MODELS)
