"""Which of our questions say the same as which of their fields, provision by provision."""

from __future__ import annotations

from outside.euaiact_check import Axis, Provision, State, asked, chooses, fixed, listed, picks, roles

NOTHING_LISTED = {"system.annex_iii_uses": [], "system.annex_i_law": []}
LISTED = {"system.annex_iii_uses": ["recruitment"], "system.profiles_natural_persons": True}
CLOSED = {"system.annex_i_law": []}
NO_PRACTICE = {"system.practices": []}

# A system that is high-risk, one that is not, and silence about it.
HIGH_RISK: Axis = (
    State(LISTED, {"hochrisikosystem": True, "hochrisikosystem_nach_anhang_iii": True}),
    State({"system.annex_iii_uses": []}, {"hochrisikosystem": False, "hochrisikosystem_nach_anhang_iii": False}),
    State({}, {}),
)


def use(element: str, *fields: str) -> Axis:
    """Return a use of Annex III: listed, none, or silence."""
    return listed("system.annex_iii_uses", element, *fields)


def role(name: str, field: str) -> Axis:
    """Return a role, another one, and silence about roles."""
    other = "deployer" if name != "deployer" else "importer"
    return (
        State({"operator.roles": [name]}, {field: True}),
        State({"operator.roles": [other]}, {field: False}),
        State({}, {}),
    )


# --- Article 2
SCOPE = (
    Provision(
        "Art. 2(1)(a), systems",
        ("rule:art2.1.a.system",),
        "AIA_002_001_A",
        (
            role("provider", "anbieterrolle"),
            listed("release.markets", "EU", "ki_system_in_union_inverkehrgebracht"),
            fixed(ki_system_in_union_inbetriebgenommen=False, gpai_modell_in_union_inverkehrgebracht=False),
        ),
    ),
    Provision(
        "Art. 2(1)(a), models",
        ("rule:art2.1.a.model",),
        "AIA_002_001_A",
        (
            role("provider", "anbieterrolle"),
            listed("release.markets", "EU", "gpai_modell_in_union_inverkehrgebracht"),
            fixed(ki_system_in_union_inbetriebgenommen=False, ki_system_in_union_inverkehrgebracht=False),
        ),
        base={"release.subject": "model", "model.generality": "wide_range"},
    ),
    Provision(
        "Art. 2(1)(b)",
        ("rule:art2.1.b",),
        "AIA_002_001_B",
        (
            role("deployer", "betreiberrolle"),
            asked("operator.established_in_union", "betreiber_niederlassung_in_union"),
            listed("release.markets", "EU", "betreiber_standort_in_union"),
        ),
    ),
    Provision(
        "Art. 2(1)(c)",
        ("rule:art2.1.c.provider", "rule:art2.1.c.deployer"),
        "AIA_002_001_C",
        (
            roles("provider", "deployer", "importer", provider="anbieterrolle", deployer="betreiberrolle"),
            asked(
                "operator.established_in_union",
                but_not=("akteur_niederlassung_in_drittstaat", "akteur_standort_in_drittstaat"),
                first=False,
            ),
            asked("system.output_used_in_union", "systemausgabe_wird_in_union_verwendet"),
        ),
    ),
    Provision(
        "Art. 2(1)(d)",
        ("rule:art2.1.d",),
        "AIA_002_001_D",
        (roles("importer", "distributor", "provider", importer="einfuehrerrolle", distributor="haendlerrolle"),),
    ),
    Provision(
        "Art. 2(1)(e)",
        ("rule:art2.1.e",),
        "AIA_002_001_E",
        (
            role("product_manufacturer", "produktherstellerrolle"),
            listed("release.markets", "EU", "ki_system_inverkehrgebracht"),
            fixed(
                ki_system_zusammen_mit_eigenem_produkt=True,
                system_unter_eigenem_namen_oder_marke=True,
                ki_system_inbetriebgenommen=False,
            ),
        ),
    ),
    Provision(
        "Art. 2(1)(f)",
        ("rule:art2.1.f",),
        "AIA_002_001_F",
        (
            role("authorised_representative", "bevollmaechtigtenrolle"),
            fixed(vertretener_anbieter_nicht_in_union_niedergelassen=True),
        ),
    ),
    Provision(
        "Art. 2(3), military",
        ("rule:art2.3.military", "rule:art2.3.military_output"),
        "AIA_002_003_MIL",
        (
            asked(
                "system.exclusively_for_military",
                "betrachtete_taetigkeit_ausschliesslich_militaer_verteidigung_nationale_sicherheit",
            ),
            listed("release.markets", "EU", "system_in_union_inverkehrgebracht_oder_inbetriebgenommen"),
            asked(
                "system.output_in_union_exclusively_for_military",
                "ausgabe_in_union_ausschliesslich_militaer_verteidigung_nationale_sicherheit",
            ),
        ),
        base={"release.exclusions": ["military"]},
    ),
    Provision(
        "Art. 2(4)",
        ("rule:art2.4",),
        "AIA_002_004",
        (
            asked("operator.is_third_country_authority", "drittstaatliche_behoerde"),
            asked(
                "deployment.within_law_enforcement_cooperation",
                "internationale_strafverfolgungs_oder_justizzusammenarbeit_mit_union_oder_mitgliedstaat",
            ),
            asked("deployment.cooperation_safeguards_adequate", "angemessene_grundrechtsgarantien"),
            fixed(internationale_organisation=False),
        ),
        base={"release.exclusions": ["third_country_authority"]},
        roles=("deployer",),
        moment="use",
    ),
    Provision(
        "Art. 2(6)",
        ("rule:art2.6",),
        "AIA_002_006",
        (
            listed(
                "release.exclusions",
                "scientific_research",
                "speziell_fuer_wissenschaftliche_forschung_entwickelt",
                "ausschliesslich_wissenschaftliche_forschung_inbetriebnahme",
            ),
        ),
    ),
    Provision(
        "Art. 2(8)",
        ("rule:art2.8",),
        "AIA_002_008",
        (
            asked(
                "release.only_development",
                "forschung_test_oder_entwicklung",
                "vor_inverkehrbringen_oder_inbetriebnahme",
            ),
            asked("release.tests_in_real_world", "test_unter_realbedingungen", first=False),
        ),
        base={"release.exclusions": ["before_market"]},
    ),
    Provision(
        "Art. 2(10)",
        ("rule:art2.10",),
        "AIA_002_010",
        (
            asked("operator.is_natural_person", "betreiber_ist_natuerliche_person"),
            asked("deployment.purely_personal", "nutzung_rein_persoenlich", "nutzung_nichtberuflich"),
        ),
        base={"release.exclusions": ["personal_use"]},
        roles=("deployer",),
        moment="use",
    ),
    Provision(
        "Art. 2(12)",
        ("open_source_exempt",),
        "AIA_002_012",
        (
            asked("system.released_open_source", "freie_open_source_systemlizenz"),
            asked("system.monetised", first=False),
            (
                State({"system.annex_iii_uses": []}, {"als_hochrisikosystem_bereitgestellt": False}),
                State(LISTED, {"als_hochrisikosystem_bereitgestellt": True}),
                State({}, {}),
            ),
            (
                State(NO_PRACTICE, {"system_faellt_unter_artikel_5": False}),
                State(
                    {
                        "system.practices": ["builds_face_database"],
                        "system.builds_facial_recognition_database": True,
                        "system.scrapes_faces_from": ["internet"],
                        "system.face_scraping_untargeted": True,
                    },
                    {"system_faellt_unter_artikel_5": True},
                ),
                State({}, {}),
            ),
            (
                State({"system.transparency_situations": []}, {"system_faellt_unter_artikel_50": False}),
                State(
                    {"system.transparency_situations": ["interacts_with_people"], "system.interacts_directly": True},
                    {"system_faellt_unter_artikel_50": True},
                ),
                State({}, {}),
            ),
        ),
        base={"release.exclusions": ["open_source"], **CLOSED},
    ),
)

# --- Article 3
FAILURE = "komponentenausfall_oder_fehlfunktion_gefaehrdet_gesundheit_sicherheit_personen_oder_eigentum"
DEFINITIONS = (
    Provision(
        "Art. 3(1)",
        ("ai_system",),
        "AIA_003_001",
        (
            asked("system.is_machine_based", "maschinenbasiertes_system"),
            asked("system.acts_with_some_autonomy", "fuer_betrieb_mit_einem_grad_an_autonomie_konzipiert"),
            asked("system.infers_outputs", "ableitung_aus_eingaben"),
            asked("system.outputs_can_influence", "ausgaben_koennen_physische_oder_virtuelle_umgebung_beeinflussen"),
            fixed(explizite_oder_implizite_ziele=True),
        ),
    ),
    Provision(
        "Art. 3(14)",
        ("rule:art3.14.safety_function", "rule:art3.14.failure"),
        "AIA_003_014",
        (
            chooses(
                "system.component_purpose",
                {
                    purpose: {
                        "komponentenzweck_risiken_fuer_gesundheit_sicherheit_personen_oder_eigentum_verhindern_oder_mindern": purpose
                        == "safety_function"
                    }
                    for purpose in ("safety_function", "other")
                },
            ),
            (
                State({"system.failure_endangers_persons": True}, {FAILURE: True}),
                State({"system.failure_endangers_property": True}, {FAILURE: True}),
                State(
                    {"system.failure_endangers_persons": False, "system.failure_endangers_property": False},
                    {FAILURE: False},
                ),
                State({}, {}),
            ),
            fixed(komponente_eines_produkts_oder_ki_systems=True),
        ),
    ),
    Provision(
        "Art. 3(23)",
        ("substantially_modified",),
        "AIA_003_023",
        (
            picks(
                "value_chain.own_changes",
                {
                    "modified": "aenderung_nach_markt_oder_inbetriebnahme",
                    "repurposed": ("aenderung_nach_markt_oder_inbetriebnahme", "bewertete_zweckbestimmung_geaendert"),
                },
            ),
            asked("value_chain.change_foreseen_in_assessment", "bei_urspruenglicher_bewertung_vorgesehen", first=False),
            asked("value_chain.change_affects_compliance", "anforderungskonformitaet_beeinflusst"),
        ),
    ),
    Provision(
        "Art. 3(39)",
        ("emotion_recognition_system",),
        "AIA_003_039",
        (
            listed(
                "system.transparency_situations",
                "infers_emotions",
                "zweck_identifikation_oder_ableitung_menschlicher_emotionen",
                "zweck_identifikation_oder_ableitung_menschlicher_intentionen",
            ),
            asked("system.infers_emotions_from_biometric_data", "emotion_oder_intention_auf_biometrischen_daten"),
            fixed(ki_system=True),
        ),
    ),
    Provision(
        "Art. 3(40)",
        ("biometric_categorisation_system",),
        "AIA_003_040",
        (
            listed(
                "system.transparency_situations",
                "categorises_people",
                "zweck_zuordnung_natuerlicher_personen_zu_kategorien",
            ),
            asked("system.categorises_individually", "kategorisierung_auf_biometrischen_daten"),
            asked(
                "system.categorisation_is_ancillary_to_service",
                "kategorisierung_nebenfunktion_anderer_kommerzieller_dienstleistung",
                first=False,
            ),
            asked(
                "system.categorisation_is_technically_necessary",
                "kategorisierung_aus_objektiven_technischen_gruenden_strikt_notwendig",
                first=False,
            ),
            fixed(ki_system=True),
        ),
    ),
    Provision(
        "Art. 3(41) and (43)",
        ("post_remote_identification",),
        "AIA_003_043",
        (
            use("biometric_identification", "zweck_identifikation_natuerlicher_personen"),
            asked("system.compares_with_biometric_database", "vergleich_biometrie_mit_referenzdatenbank"),
            asked("system.identifies_without_active_involvement", "identifikation_ohne_aktive_mitwirkung"),
            asked(
                "deployment.identifies_in_real_time",
                "erfassung_vergleich_identifikation_ohne_erhebliche_verzoegerung",
                first=False,
            ),
            fixed({"system.only_verifies_identity": False, "post_remote_identification.used": False}, ki_system=True),
        ),
        base=CLOSED,
        roles=("deployer",),
        moment="use",
    ),
    Provision(
        "Art. 3(49)",
        ("reportable_incident",),
        "AIA_003_049",
        (
            picks(
                "incident.consequences",
                {
                    "death": "tod_oder_schwere_gesundheitsschaedigung",
                    "serious_harm_to_health": "tod_oder_schwere_gesundheitsschaedigung",
                    "critical_infrastructure": "schwere_irreversible_kritische_infrastrukturstoerung",
                    "fundamental_rights": "verletzung_unionsrechtlicher_grundrechtsschutzpflicht",
                    "property_or_environment": "schwerer_sach_oder_umweltschaden",
                },
            ),
            fixed(vorfall_oder_fehlfunktion=True, unmittelbarer_oder_mittelbarer_zusammenhang=True),
        ),
        base={**LISTED, **CLOSED},
    ),
    Provision(
        "Art. 3(60)",
        ("deep_fake",),
        "AIA_003_060",
        (
            listed("system.transparency_situations", "deep_fakes", "inhalt_bild_audio_oder_video"),
            asked("content.made_by_ai", "inhalt_ki_generiert_oder_manipuliert"),
            asked(
                "content.resembles_existing",
                "aehnlichkeit_mit_existierenden_personen_objekten_orten_einrichtungen_oder_ereignissen",
            ),
            asked("content.appears_authentic", "erscheint_person_faelschlich_authentisch_oder_wahr"),
        ),
        roles=("deployer",),
        moment="use",
    ),
    Provision(
        "Art. 3(63)",
        ("gpai_model",),
        "AIA_003_063",
        (
            chooses(
                "release.subject",
                {"model": {"ki_modell": True}, "both": {"ki_modell": True}, "neither": {"ki_modell": False}},
            ),
            chooses(
                "model.generality",
                {
                    name: {
                        "modell_erhebliche_allgemeinheit": name == "wide_range",
                        "modell_breites_spektrum_verschiedener_aufgaben_kompetent": name == "wide_range",
                    }
                    for name in ("wide_range", "one_task")
                },
            ),
            asked(
                "model.integrable_downstream", "modell_in_vielfalt_nachgelagerter_systeme_oder_anwendungen_integrierbar"
            ),
            asked(
                "model.only_pre_market_research",
                "modell_fuer_forschung_entwicklung_oder_prototyping_verwendet",
                first=False,
            ),
            (
                State({"release.moment": "placing_on_market"}, {"modell_vor_inverkehrbringen": False}),
                State({"release.moment": "real_world_testing"}, {"modell_vor_inverkehrbringen": True}),
            ),
        ),
    ),
)

# --- Article 5
HARM: Axis = (
    State(
        {"system.causes_significant_harm": True},
        {"dadurch_erheblicher_schaden_oder_vernuenftigerweise_wahrscheinlich": True},
    ),
    State(
        {"system.likely_to_cause_significant_harm": True},
        {"dadurch_erheblicher_schaden_oder_vernuenftigerweise_wahrscheinlich": True},
    ),
    State(
        {"system.causes_significant_harm": False, "system.likely_to_cause_significant_harm": False},
        {"dadurch_erheblicher_schaden_oder_vernuenftigerweise_wahrscheinlich": False},
    ),
    State({}, {}),
)
DISTORTION: Axis = (
    State({"system.aims_to_distort_behaviour": True}, {"ziel_oder_wirkung_wesentliche_verhaltensverzerrung": True}),
    State({"system.distorts_behaviour": True}, {"ziel_oder_wirkung_wesentliche_verhaltensverzerrung": True}),
    State(
        {"system.aims_to_distort_behaviour": False, "system.distorts_behaviour": False},
        {"ziel_oder_wirkung_wesentliche_verhaltensverzerrung": False},
    ),
    State({}, {}),
)


def _offered(field: str, purpose: str | None = None) -> Axis:
    """Return the steps that a point names: offering, use, and putting into service (for some points, for that purpose)."""
    states = [
        State({"release.moment": "placing_on_market"}, {field: True}),
        State({"release.moment": "use", "operator.roles": ["deployer"]}, {field: True}),
    ]
    if purpose is not None:
        states.append(
            State({"release.moment": "putting_into_service", "deployment.specific_purposes": [purpose]}, {field: True})
        )
        states.append(
            State({"release.moment": "putting_into_service", "deployment.specific_purposes": []}, {field: False})
        )
    return tuple(states)


ALL_STEPS = "inverkehrbringen_inbetriebnahme_oder_verwendung"
SOME_STEPS = "inverkehrbringen_oder_zweckbezogene_inbetriebnahme_oder_verwendung"
PRACTICE_BASE = {"operator.roles": ["provider"], **NOTHING_LISTED}


def _material(kind: str) -> tuple[Axis, ...]:
    """Return the questions of Article 5(1a) about one kind of material."""
    return (
        (
            State(
                {"release.moment": "placing_on_market", "operator.roles": ["provider"]},
                {"inverkehrbringen_oder_inbetriebnahme": True, "verwendung": False},
            ),
            State(
                {"release.moment": "use", "operator.roles": ["deployer"]},
                {"inverkehrbringen_oder_inbetriebnahme": False, "verwendung": True},
            ),
        ),
        asked(f"system.intended_for_{kind}_material", "erzeugung_oder_manipulation_betroffenen_materials_beabsichtigt"),
        asked(f"system.{kind}_material_foreseeable", "betroffenes_material_vernuenftigerweise_vorhersehbar"),
        asked(f"system.{kind}_material_reproducible", "betroffenes_material_reproduzierbar"),
        asked(
            f"system.{kind}_material_needs_modification", "erhebliche_technische_modifikation_erforderlich", first=False
        ),
        (
            State(
                {f"system.{kind}_material_safeguards": []},
                {"angemessene_vorbeugende_und_korrigierende_schutzmassnahmen": False},
            ),
            State(
                {f"system.{kind}_material_safeguards": "all"},
                {"angemessene_vorbeugende_und_korrigierende_schutzmassnahmen": True},
            ),
            State({}, {}),
        ),
        asked(
            f"deployment.purpose_{kind}_material", "betreiberzweck_erzeugung_oder_manipulation_betroffenen_materials"
        ),
    )


PRACTICES = (
    Provision(
        "Art. 5(1)(a)",
        ("prohibited_manipulation",),
        "AIA_005_001_A",
        (
            _offered(ALL_STEPS),
            asked("system.uses_subliminal_techniques", "unterschwellige_techniken"),
            asked("system.uses_manipulative_techniques", "gezielt_manipulative_oder_taeuschende_techniken"),
            DISTORTION,
            asked("system.impairs_informed_decision", "erhebliche_beeintraechtigung_informierter_entscheidung"),
            asked("system.causes_other_decision", "dadurch_sonst_nicht_getroffene_entscheidung"),
            HARM,
        ),
        base={**PRACTICE_BASE, "system.practices": ["influences_behaviour"]},
    ),
    Provision(
        "Art. 5(1)(b)",
        ("prohibited_exploitation",),
        "AIA_005_001_B",
        (
            _offered(ALL_STEPS),
            picks(
                "system.exploits_vulnerabilities_due_to",
                {
                    "age": "ausnutzung_altersbedingter_schutzbeduerftigkeit",
                    "disability": "ausnutzung_behinderung",
                    "social_or_economic_situation": "ausnutzung_sozialer_oder_wirtschaftlicher_lage",
                },
            ),
            DISTORTION,
            HARM,
        ),
        base={**PRACTICE_BASE, "system.practices": ["targets_weaknesses"]},
    ),
    Provision(
        "Art. 5(1)(ba), with (1a) and (1b)",
        ("prohibited_intimate_material",),
        "AIA_005_001_BA",
        (
            *_material("intimate"),
            asked(
                "system.shows_intimate_parts_or_sexual_acts",
                "darstellung_intimer_koerperteile",
                "darstellung_sexuell_expliziter_aktivitaet",
            ),
            (
                State(
                    {"system.depictions_are_realistic": True, "system.depicted_persons_identifiable": True},
                    {"realistische_darstellung_identifizierbarer_person": True},
                ),
                State(
                    {"system.depictions_are_realistic": False},
                    {"realistische_darstellung_identifizierbarer_person": False},
                ),
                State(
                    {"system.depicted_persons_identifiable": False},
                    {"realistische_darstellung_identifizierbarer_person": False},
                ),
                State({}, {}),
            ),
            (
                State(
                    {"system.depicted_person_consent": []},
                    dict.fromkeys(
                        (
                            "einwilligung_frei",
                            "einwilligung_spezifisch",
                            "einwilligung_informiert",
                            "einwilligung_unmissverstaendlich",
                            "einwilligung_ausdruecklich",
                        ),
                        False,
                    ),
                ),
                State(
                    {
                        "system.depicted_person_consent": [
                            "freely_given",
                            "specific",
                            "informed",
                            "unambiguous",
                            "for_this",
                        ]
                    },
                    {
                        **dict.fromkeys(
                            (
                                "einwilligung_frei",
                                "einwilligung_spezifisch",
                                "einwilligung_informiert",
                                "einwilligung_unmissverstaendlich",
                            ),
                            True,
                        ),
                        "einwilligung_ausdruecklich": False,
                    },
                ),
                State(
                    {"system.depicted_person_consent": "all"},
                    dict.fromkeys(
                        (
                            "einwilligung_frei",
                            "einwilligung_spezifisch",
                            "einwilligung_informiert",
                            "einwilligung_unmissverstaendlich",
                            "einwilligung_ausdruecklich",
                        ),
                        True,
                    ),
                ),
                State({}, {}),
            ),
            (
                State({"system.only_edits_existing_depictions": False}, {"generierung": True}),
                *(
                    State(
                        {
                            "system.only_edits_existing_depictions": True,
                            "system.increases_intimate_exposure": more,
                            "system.alters_sexual_activities": other,
                        },
                        {
                            "generierung": False,
                            "manipulation": True,
                            "exposition_intimer_teile_erhoeht": more,
                            "art_sexueller_aktivitaet_geaendert": other,
                        },
                    )
                    for more in (True, False)
                    for other in (True, False)
                ),
                State({"system.only_edits_existing_depictions": True}, {"generierung": False, "manipulation": True}),
            ),
            fixed(person_einwilligungsunfaehig=False),
        ),
        base={"system.practices": ["realistic_media_of_people"], **NOTHING_LISTED},
    ),
    Provision(
        "Art. 5(1)(bb), with (1a)",
        ("prohibited_abuse_material",),
        "AIA_005_001_BB",
        (
            *_material("abuse"),
            asked(
                "system.can_show_children_sexually", "material_oder_darbietung_richtlinie_2011_93_artikel_2_c_oder_e"
            ),
            asked(
                "system.without_right_defence", "nationalrechtliche_berechtigung_ausnahme_without_right", first=False
            ),
        ),
        base={"system.practices": ["media_of_children"], **NOTHING_LISTED},
    ),
    Provision(
        "Art. 5(1)(c)",
        ("prohibited_social_scoring",),
        "AIA_005_001_C",
        (
            _offered(ALL_STEPS),
            asked("system.evaluates_people_over_time", "personenbewertung_ueber_zeitraum"),
            picks(
                "system.scoring_basis",
                {
                    "social_behaviour": "soziales_verhalten_oder_persoenliche_merkmale",
                    "personal_characteristics": "soziales_verhalten_oder_persoenliche_merkmale",
                },
            ),
            picks(
                "system.scoring_leads_to",
                {
                    "unrelated_context": ("nachteilige_behandlung", "behandlungskontext_unverbunden_mit_datenerhebung"),
                    "unjustified_or_disproportionate": (
                        "nachteilige_behandlung",
                        "behandlung_ungerechtfertigt",
                        "behandlung_unverhaeltnismaessig",
                    ),
                },
            ),
        ),
        base={**PRACTICE_BASE, "system.practices": ["scores_people"]},
    ),
    Provision(
        "Art. 5(1)(d)",
        ("prohibited_crime_prediction",),
        "AIA_005_001_D",
        (
            _offered(SOME_STEPS, "predicts_crime"),
            asked("system.assesses_individual_offence_risk", "prognose_straftat_natuerlicher_person"),
            asked(
                "system.offence_risk_solely_from_profile", "ausschliesslich_profiling_oder_persoenlichkeitsbewertung"
            ),
            asked(
                "system.supports_assessment_on_facts",
                "unterstuetzung_menschlicher_tatbeteiligungsbewertung",
                "bereits_objektive_nachpruefbare_unmittelbar_tatbezogene_fakten",
                first=False,
            ),
        ),
        base={**PRACTICE_BASE, "system.practices": ["predicts_crime"]},
    ),
    Provision(
        "Art. 5(1)(e)",
        ("prohibited_face_scraping",),
        "AIA_005_001_E",
        (
            _offered(SOME_STEPS, "builds_face_database"),
            asked("system.builds_facial_recognition_database", "aufbau_oder_erweiterung_gesichtserkennungsdatenbank"),
            picks(
                "system.scrapes_faces_from",
                {"internet": "gesichtsbilder_aus_internet", "cctv": "gesichtsbilder_aus_videoueberwachung"},
            ),
            asked("system.face_scraping_untargeted", "ungezieltes_scraping"),
        ),
        base={**PRACTICE_BASE, "system.practices": ["builds_face_database"]},
    ),
    Provision(
        "Art. 5(1)(f)",
        ("prohibited_emotion_inference",),
        "AIA_005_001_F",
        (
            _offered(SOME_STEPS, "infers_emotions"),
            (
                State(
                    {"system.infers_emotions": True, "system.infers_emotions_from_biometric_data": True},
                    {"biometrisch_gestuetzte_emotionsableitung": True},
                ),
                State(
                    {"system.infers_emotions": True, "system.infers_emotions_from_biometric_data": False},
                    {"biometrisch_gestuetzte_emotionsableitung": False},
                ),
                State({"system.infers_emotions": False}, {"biometrisch_gestuetzte_emotionsableitung": False}),
                State({}, {}),
            ),
            picks("system.emotion_areas", {"workplace": "arbeitsplatz", "education": "bildungseinrichtung"}),
            (
                State(
                    {"system.emotion_reasons": []},
                    {"medizinischer_verwendungszweck": False, "sicherheitsbezogener_verwendungszweck": False},
                ),
                State(
                    {"system.emotion_reasons": ["medical"]},
                    {"medizinischer_verwendungszweck": True, "sicherheitsbezogener_verwendungszweck": False},
                ),
                State(
                    {"system.emotion_reasons": ["safety"]},
                    {"medizinischer_verwendungszweck": False, "sicherheitsbezogener_verwendungszweck": True},
                ),
            ),
        ),
        base={**PRACTICE_BASE, "system.practices": ["infers_emotions"]},
    ),
    Provision(
        "Art. 5(1)(g)",
        ("prohibited_biometric_categorisation",),
        "AIA_005_001_G",
        (
            _offered(SOME_STEPS, "categorises_by_biometrics"),
            asked("system.categorises_individually", "individuelle_kategorisierung_aus_biometrischen_daten"),
            picks(
                "system.inferred_biometric_attributes",
                {
                    "race_or_ethnic_origin": "ableitung_rasse",
                    "political_opinions": "ableitung_politische_meinung",
                    "trade_union_membership": "ableitung_gewerkschaft",
                    "religion_or_beliefs": "ableitung_religioese_oder_weltanschauliche_ueberzeugung",
                    "sex_life_or_orientation": "ableitung_sexualleben_oder_orientierung",
                    "age": (),
                },
            ),
            asked(
                "system.only_labels_lawful_biometric_datasets",
                "kennzeichnung_oder_filterung_rechtmaessig_erworbener_biometrischer_datensaetze",
                first=False,
            ),
            asked(
                "system.categorises_for_law_enforcement",
                "kategorisierung_biometrischer_daten_strafverfolgung",
                first=False,
            ),
        ),
        base={
            **PRACTICE_BASE,
            "system.practices": ["categorises_by_biometrics"],
            "system.categorisation_is_ancillary_to_service": False,
        },
    ),
    Provision(
        "Art. 5(1)(h), use",
        ("real_time_identification",),
        "AIA_005_H_EINSATZ",
        (
            asked("deployment.identifies_in_real_time", "verwendung_echtzeit_biometrische_fernidentifizierung"),
            asked("deployment.in_publicly_accessible_space", "oeffentlich_zugaenglicher_raum"),
            asked("deployment.for_law_enforcement", "strafverfolgungszweck"),
        ),
        base={
            "system.practices": ["identifies_people_remotely"],
            "system.compares_with_biometric_database": True,
            "system.identifies_without_active_involvement": True,
            "system.only_verifies_identity": False,
            **NOTHING_LISTED,
        },
        roles=("deployer",),
        moment="use",
    ),
    Provision(
        "Art. 5(1)(h)(i) to (iii)",
        ("rule:art5.1.h.i", "rule:art5.1.h.ii", "rule:art5.1.h.iii"),
        "AIA_005_H_ZWECK",
        (
            asked("deployment.identification_strictly_necessary", "einsatz_strikt_erforderlich"),
            picks(
                "deployment.identification_objectives",
                {
                    "victims_or_missing_persons": "gezielte_suche_entfuehrungs_menschenhandels_sexualausbeutungsopfer_oder_vermisste",
                    "threat_to_life": "konkrete_erhebliche_unmittelbare_gefahr_leben_oder_koerperliche_sicherheit",
                    "terrorist_attack": "tatsaechliche_gegenwaertige_oder_vorhersehbare_terroranschlagsgefahr",
                    "suspect": (
                        "lokalisierung_oder_identifizierung_tatverdaechtiger_person",
                        "zweck_strafuntersuchung_verfolgung_oder_strafvollstreckung",
                    ),
                },
            ),
            chooses(
                "deployment.offence",
                {
                    "terrorism": {"straftat_in_anhang_ii": True},
                    "sabotage": {"straftat_in_anhang_ii": True},
                    "other": {"straftat_in_anhang_ii": False},
                },
            ),
            tuple(
                State({"deployment.offence_maximum_penalty": years}, {"nationale_strafhoechstdauer_jahre": str(years)})
                for years in (4, 3, 5)
            )
            + (State({}, {}),),
        ),
        base={"system.practices": ["identifies_people_remotely"], **NOTHING_LISTED},
        roles=("deployer",),
        moment="use",
    ),
)

# --- Article 6 and Annex III
COMPONENT: tuple[Axis, ...] = (
    chooses(
        "system.component_purpose",
        {
            "safety_function": {
                "bestimmungszweck_verhuetet_oder_mindert_sicherheitsrisiken": True,
                "ausschliesslich_nicht_sicherheitsbezogene_assistenz_optimierung_automation_komfort_qualitaet": False,
            },
            "other": {
                "bestimmungszweck_verhuetet_oder_mindert_sicherheitsrisiken": False,
                "ausschliesslich_nicht_sicherheitsbezogene_assistenz_optimierung_automation_komfort_qualitaet": False,
            },
            "solely_non_safety": {
                "bestimmungszweck_verhuetet_oder_mindert_sicherheitsrisiken": False,
                "ausschliesslich_nicht_sicherheitsbezogene_assistenz_optimierung_automation_komfort_qualitaet": True,
            },
        },
    ),
    (
        State(
            {"system.failure_endangers_persons": True, "system.failure_endangers_property": False},
            {"ausfall_gefaehrdet_gesundheit_und_sicherheit": True, "ausfall_gefaehrdet_personen_oder_eigentum": True},
        ),
        State(
            {"system.failure_endangers_persons": False, "system.failure_endangers_property": True},
            {"ausfall_gefaehrdet_gesundheit_und_sicherheit": False, "ausfall_gefaehrdet_personen_oder_eigentum": True},
        ),
        State(
            {"system.failure_endangers_persons": False, "system.failure_endangers_property": False},
            {"ausfall_gefaehrdet_gesundheit_und_sicherheit": False, "ausfall_gefaehrdet_personen_oder_eigentum": False},
        ),
        State({}, {}),
    ),
)
CONDITIONS = (
    asked("system.performs_narrow_procedural_task", "enge_verfahrensaufgabe"),
    asked("system.improves_completed_human_activity", "verbesserung_abgeschlossener_menschlicher_taetigkeit"),
    asked(
        "system.detects_patterns_without_replacing_review",
        "erkennung_entscheidungmuster_oder_abweichungen",
        "keine_ersetzung_oder_beeinflussung_ohne_angemessene_menschliche_pruefung",
    ),
    asked("system.performs_preparatory_task", "vorbereitung_einer_anhang_iii_bewertung"),
    asked("system.profiles_natural_persons", "profiling_natuerlicher_personen", first=False),
)
# All their fields on Annex III that a system listed as recruitment, and nothing else, answers with no.
ONLY_RECRUITMENT = dict.fromkeys(
    (
        "biometrischer_einsatz_rechtlich_zulaessig",
        "zweck_sicherheitsbauteil_infrastruktur",
        "bildung_oder_berufsausbildung_einrichtung",
        "arbeitsbezogene_vertragsbeziehung",
        "behoerde_oder_im_auftrag_behoerde",
        "natuerliche_person_als_kreditgegenstand",
        "natuerliche_person_als_versicherungsgegenstand",
        "zweck_bewertung_und_klassifizierung_notrufe",
        "zweck_disposition_oder_priorisierung_notfallerstversorgung",
        "zweck_notfallmedizinische_patiententriage",
        "strafverfolgungseinsatz_rechtlich_zulaessig",
        "migration_asyl_grenzkontrollkontext",
        "justizbehoerde_oder_in_deren_auftrag",
        "alternative_streitbeilegung",
        "zweck_beeinflussung_wahlergebnis_oder_stimmverhalten",
    ),
    False,
)
CLASSES = (
    Provision(
        "Art. 3(14), with Art. 6(1a) and (1b)",
        ("safety_component",),
        "AIA_006_SICHERHEITSBAUTEIL",
        COMPONENT,
        base=NO_PRACTICE,
    ),
    Provision(
        "Art. 6(1), Section A",
        ("high_risk_annex_i",),
        "AIA_006_001",
        (
            (
                State({"system.annex_i_law": ["medical_devices"]}, {"produkt_unter_anhang_i": True}),
                State({"system.annex_i_law": []}, {"produkt_unter_anhang_i": False}),
                State({}, {}),
            ),
            (
                State({"system.annex_i_role": "component"}, {"ki_selbst_produkt": False}),
                State({"system.annex_i_role": "product_itself"}, {"ki_selbst_produkt": True}),
            ),
            *COMPONENT,
            chooses(
                "system.third_party_assessment",
                {
                    "required": {
                        "drittstellenbewertung_rechtlich_erforderlich": True,
                        "drittstellenbewertung_nur_wegen_nicht_gesundheits_sicherheitsrisiken": False,
                    },
                    "required_only_for_other_risks": {
                        "drittstellenbewertung_rechtlich_erforderlich": True,
                        "drittstellenbewertung_nur_wegen_nicht_gesundheits_sicherheitsrisiken": True,
                    },
                    "not_required": {
                        "drittstellenbewertung_rechtlich_erforderlich": False,
                        "drittstellenbewertung_nur_wegen_nicht_gesundheits_sicherheitsrisiken": False,
                    },
                },
            ),
        ),
        base={**NO_PRACTICE, "system.annex_iii_uses": []},
    ),
    Provision(
        "Art. 6(1), Section B",
        ("high_risk_annex_i_section_b",),
        "AIA_006_001",
        (
            picks(
                "system.annex_i_law",
                dict.fromkeys(("motor_vehicles", "machinery", "rail"), "produkt_unter_anhang_i"),
            ),
            chooses("system.annex_i_role", {"product_itself": {"ki_selbst_produkt": True}}),
            chooses(
                "system.third_party_assessment",
                {
                    "required": {
                        "drittstellenbewertung_rechtlich_erforderlich": True,
                        "drittstellenbewertung_nur_wegen_nicht_gesundheits_sicherheitsrisiken": False,
                    },
                    "not_required": {
                        "drittstellenbewertung_rechtlich_erforderlich": False,
                        "drittstellenbewertung_nur_wegen_nicht_gesundheits_sicherheitsrisiken": False,
                    },
                },
            ),
            fixed(
                ausfall_gefaehrdet_gesundheit_und_sicherheit=False,
                bestimmungszweck_verhuetet_oder_mindert_sicherheitsrisiken=False,
                ausfall_gefaehrdet_personen_oder_eigentum=False,
                ausschliesslich_nicht_sicherheitsbezogene_assistenz_optimierung_automation_komfort_qualitaet=False,
            ),
        ),
        base={**NO_PRACTICE, "system.annex_iii_uses": []},
    ),
    Provision(
        "Art. 6(2)",
        ("high_risk_annex_iii",),
        "AIA_006_002",
        (use("recruitment", "zweck_personalgewinnung_oder_personalauswahl"), *CONDITIONS, fixed(**ONLY_RECRUITMENT)),
        base={**NO_PRACTICE, **CLOSED},
    ),
    Provision(
        "Art. 6(3)",
        ("rule:art6.3",),
        "AIA_006_003_AUSNAHME",
        CONDITIONS,
        base={**NO_PRACTICE, "system.annex_iii_uses": ["recruitment"], **CLOSED},
    ),
    Provision(
        "Art. 6(3), significant risk found",
        ("rule:art6.3",),
        "AIA_006_003_AUSNAHME",
        (
            *CONDITIONS,
            (State({"system.significant_risk": "none_found"}, {}), State({"system.significant_risk": "found"}, {})),
        ),
        base={**NO_PRACTICE, "system.annex_iii_uses": ["recruitment"], **CLOSED},
    ),
    Provision(
        "Art. 6(4)",
        ("duty:art6.4.document_assessment",),
        "AIA_006_004_DOKUMENTATION",
        (
            role("provider", "anbieterrolle"),
            (
                State(
                    {
                        "system.annex_iii_uses": ["recruitment"],
                        "system.performs_narrow_procedural_task": True,
                        "system.profiles_natural_persons": False,
                    },
                    {
                        "anwendungsfall_anhang_iii": True,
                        "anbieter_hat_nichthochrisiko_nach_artikel_6_3_festgestellt": True,
                    },
                ),
                State(
                    {
                        "system.annex_iii_uses": ["recruitment"],
                        "system.performs_narrow_procedural_task": False,
                        "system.profiles_natural_persons": False,
                    },
                    {
                        "anwendungsfall_anhang_iii": True,
                        "anbieter_hat_nichthochrisiko_nach_artikel_6_3_festgestellt": False,
                    },
                ),
                State(
                    {"system.annex_iii_uses": []},
                    {
                        "anwendungsfall_anhang_iii": False,
                        "anbieter_hat_nichthochrisiko_nach_artikel_6_3_festgestellt": False,
                    },
                ),
            ),
        ),
        base={**NO_PRACTICE, **CLOSED},
    ),
)
LEGAL_BIOMETRICS = (
    State({}, {"biometrischer_einsatz_rechtlich_zulaessig": True}),
    State({"system.use_permitted_by_law": False}, {"biometrischer_einsatz_rechtlich_zulaessig": False}),
)
POLICE = (
    listed("system.used_by_or_for", "law_enforcement_authority", "strafverfolgungsbehoerde_oder_in_deren_auftrag"),
    fixed(unionseinrichtung_unterstuetzt_strafverfolgung=False),
    (
        State({}, {"strafverfolgungseinsatz_rechtlich_zulaessig": True}),
        State({"system.use_permitted_by_law": False}, {"strafverfolgungseinsatz_rechtlich_zulaessig": False}),
    ),
)
BORDER = (
    listed("system.used_by_or_for", "migration_authority", "zustaendige_behoerde_oder_in_deren_auftrag"),
    fixed(unionseinrichtung_migrationsaufgaben=False, migration_asyl_grenzkontrollkontext=True),
    (
        State({}, {"migrationseinsatz_rechtlich_zulaessig": True}),
        State({"system.use_permitted_by_law": False}, {"migrationseinsatz_rechtlich_zulaessig": False}),
    ),
)
LIST_BASE = {**NO_PRACTICE, **CLOSED}


def point(letter: str, conclusion: str, rule: str, *axes: Axis) -> Provision:
    """Return a letter of Annex III."""
    return Provision(f"Annex III, point {letter}", (conclusion,), f"AIA_ANH_III_{rule}", axes, base=LIST_BASE)


ANNEX_III = (
    point(
        "1(a)",
        "annex_iii_1a",
        "1_A",
        use("biometric_identification", "zweck_biometrische_fernidentifizierung"),
        asked("system.only_verifies_identity", "ausschliesslich_verifikation_behaupteter_identitaet", first=False),
        LEGAL_BIOMETRICS,
        fixed({"system.compares_with_biometric_database": True, "system.identifies_without_active_involvement": True}),
    ),
    point(
        "1(b)",
        "annex_iii_1b",
        "1_B",
        use("biometric_categorisation", "zweck_biometrische_kategorisierung"),
        picks(
            "system.inferred_biometric_attributes",
            {
                "race_or_ethnic_origin": "ableitung_sensitiver_oder_geschuetzter_attribute",
                "health_or_genetic_features": "ableitung_sensitiver_oder_geschuetzter_attribute",
                "age": "ableitung_sensitiver_oder_geschuetzter_attribute",
                "not_protected": (),
            },
        ),
        LEGAL_BIOMETRICS,
        fixed({"system.categorisation_is_ancillary_to_service": False}),
    ),
    point(
        "1(c)",
        "annex_iii_1c",
        "1_C",
        (
            State(
                {"system.annex_iii_uses": ["emotion_recognition"], "system.infers_emotions_from_biometric_data": True},
                {"zweck_emotionserkennung": True},
            ),
            State(
                {"system.annex_iii_uses": ["emotion_recognition"], "system.infers_emotions_from_biometric_data": False},
                {"zweck_emotionserkennung": False},
            ),
            State({"system.annex_iii_uses": []}, {"zweck_emotionserkennung": False}),
            State({}, {}),
        ),
        LEGAL_BIOMETRICS,
    ),
    point(
        "2",
        "annex_iii_point_2",
        "2",
        (
            *(
                State({"system.annex_iii_uses": [name]}, {field: True, "verwaltung_oder_betrieb_infrastruktur": True})
                for name, field in (
                    ("critical_digital_infrastructure", "kritische_digitale_infrastruktur"),
                    ("road_traffic", "strassenverkehr"),
                    ("utilities_supply", "stromversorgung"),
                )
            ),
            State({"system.annex_iii_uses": []}, {"verwaltung_oder_betrieb_infrastruktur": False}),
            State({}, {}),
        ),
        (
            State({"system.component_purpose": "safety_function"}, {"zweck_sicherheitsbauteil_infrastruktur": True}),
            State(
                {"system.component_purpose": "other", "system.failure_endangers_persons": True},
                {"zweck_sicherheitsbauteil_infrastruktur": True},
            ),
            State(
                {
                    "system.component_purpose": "other",
                    "system.failure_endangers_persons": False,
                    "system.failure_endangers_property": False,
                },
                {"zweck_sicherheitsbauteil_infrastruktur": False},
            ),
            State({}, {}),
        ),
    ),
    point(
        "3(a)",
        "annex_iii_3a",
        "3_A",
        use(
            "education_admission", "zweck_bildungszugang_oder_zulassung", "zweck_zuweisung_personen_bildungseinrichtung"
        ),
        asked("system.decides_on_education_places", "bildung_oder_berufsausbildung_einrichtung"),
    ),
    point(
        "3(b)",
        "annex_iii_3b",
        "3_B",
        use("learning_assessment", "zweck_bewertung_lernergebnisse"),
        asked("system.used_in_education_institutions", "bildung_oder_berufsausbildung_einrichtung"),
    ),
    point(
        "3(c)",
        "annex_iii_3c",
        "3_C",
        use("education_level", "zweck_bewertung_angemessenen_erhaltenen_oder_zugaenglichen_bildungsniveaus"),
        asked("system.used_in_education_institutions", "bildung_oder_berufsausbildung_einrichtung"),
    ),
    point(
        "3(d)",
        "annex_iii_3d",
        "3_D",
        use("exam_monitoring", "zweck_ueberwachung_und_erkennung_verbotenen_pruefungsverhaltens"),
        asked("system.used_in_education_institutions", "bildung_oder_berufsausbildung_einrichtung"),
    ),
    point(
        "4(a)",
        "annex_iii_4a",
        "4_A",
        (
            State({"system.annex_iii_uses": ["recruitment"]}, {"zweck_personalgewinnung_oder_personalauswahl": True}),
            State(
                {"system.annex_iii_uses": ["job_advertising"], "system.targets_job_advertisements": True},
                {"zweck_personalgewinnung_oder_personalauswahl": True},
            ),
            State({"system.annex_iii_uses": []}, {"zweck_personalgewinnung_oder_personalauswahl": False}),
            State({}, {}),
        ),
    ),
    point(
        "4(b)",
        "annex_iii_4b",
        "4_B",
        picks(
            "system.annex_iii_uses",
            {
                "work_relationship_decisions": "zweck_entscheidung_arbeitsbedingungen_befoerderung_oder_beendigung",
                "task_allocation": "zweck_aufgabenzuteilung",
                "worker_monitoring": "zweck_ueberwachung_und_bewertung_leistung_und_verhalten",
            },
        ),
        asked(
            "system.allocates_by_personal_traits", "zuteilung_nach_individuellem_verhalten_oder_persoenlichen_merkmalen"
        ),
        fixed(arbeitsbezogene_vertragsbeziehung=True),
    ),
    point(
        "5(a)",
        "annex_iii_5a",
        "5_A",
        use(
            "public_benefits",
            "zweck_anspruchsbewertung",
            "zweck_gewaehrung_kuerzung_entzug_oder_rueckforderung",
        ),
        listed("system.used_by_or_for", "public_authority", "behoerde_oder_im_auftrag_behoerde"),
        asked("system.benefits_are_essential", "wesentliche_oeffentliche_unterstuetzungsleistung"),
        fixed(natuerliche_person_als_leistungsberechtigte=True),
    ),
    point(
        "5(b)",
        "annex_iii_5b",
        "5_B",
        use("creditworthiness", "zweck_kreditwuerdigkeitsbewertung", "zweck_kredit_score"),
        asked("system.scores_natural_persons", "natuerliche_person_als_kreditgegenstand"),
        asked("system.only_detects_financial_fraud", "zweck_erkennung_finanzbetrug", first=False),
    ),
    point(
        "5(c)",
        "annex_iii_5c",
        "5_C",
        use("insurance", "lebensversicherung", "krankenversicherung"),
        picks(
            "system.insurance_functions",
            {
                "life_or_health_risk_assessment": "zweck_risikobewertung_versicherung",
                "life_or_health_pricing": "zweck_preisbildung_versicherung",
                "other": (),
            },
        ),
        fixed(natuerliche_person_als_versicherungsgegenstand=True),
    ),
    point(
        "5(d)",
        "annex_iii_5d",
        "5_D",
        picks(
            "system.annex_iii_uses",
            {
                "emergency_calls": (
                    "zweck_bewertung_und_klassifizierung_notrufe",
                    "zweck_disposition_oder_priorisierung_notfallerstversorgung",
                ),
                "emergency_triage": "zweck_notfallmedizinische_patiententriage",
            },
        ),
    ),
    point(
        "6(a)",
        "annex_iii_6a",
        "6_A",
        use("crime_victim_risk", "zweck_risiko_opferwerdung_natuerlicher_person"),
        *POLICE,
    ),
    point("6(b)", "annex_iii_6b", "6_B", use("lie_detection", "zweck_polygraph_oder_aehnliches_instrument"), *POLICE),
    point(
        "6(c)",
        "annex_iii_6c",
        "6_C",
        use("evidence_reliability", "zweck_beweiszuverlaessigkeit_strafuntersuchung_oder_strafverfolgung"),
        *POLICE,
    ),
    point(
        "6(d)",
        "annex_iii_6d",
        "6_D",
        picks(
            "system.annex_iii_uses",
            {
                "offending_risk": "zweck_straftat_oder_rueckfallrisiko",
                "personality_or_past_crime_assessment": "zweck_bewertung_persoenlichkeitsmerkmale_oder_frueheres_strafverhalten",
            },
        ),
        (
            State(
                {"system.assesses_individual_offence_risk": True, "system.offence_risk_solely_from_profile": False},
                {"ausschliesslich_profiling_natuerlicher_personen": False},
            ),
            State(
                {"system.assesses_individual_offence_risk": True, "system.offence_risk_solely_from_profile": True},
                {"ausschliesslich_profiling_natuerlicher_personen": True},
            ),
        ),
        *POLICE,
    ),
    point(
        "6(e)",
        "annex_iii_6e",
        "6_E",
        (
            State(
                {"system.annex_iii_uses": ["crime_profiling"], "system.profiles_natural_persons": True},
                {"zweck_profiling_bei_straftataufdeckung_untersuchung_oder_verfolgung": True},
            ),
            State(
                {"system.annex_iii_uses": ["crime_profiling"], "system.profiles_natural_persons": False},
                {"zweck_profiling_bei_straftataufdeckung_untersuchung_oder_verfolgung": False},
            ),
            State(
                {"system.annex_iii_uses": []},
                {"zweck_profiling_bei_straftataufdeckung_untersuchung_oder_verfolgung": False},
            ),
            State({}, {}),
        ),
        *POLICE,
    ),
    point("7(a)", "annex_iii_7a", "7_A", use("lie_detection", "zweck_polygraph_oder_aehnliches_instrument"), *BORDER),
    point(
        "7(b)",
        "annex_iii_7b",
        "7_B",
        use(
            "border_risk",
            "zweck_bewertung_personenbezogenen_risikos",
            "person_beabsichtigt_einreise_oder_ist_eingereist",
        ),
        *BORDER,
    ),
    point(
        "7(c)",
        "annex_iii_7c",
        "7_C",
        use(
            "residence_applications",
            "zweck_unterstuetzung_antrags_oder_beschwerdepruefung_berechtigung_asyl_visum_aufenthalt",
        ),
        *BORDER,
    ),
    point(
        "7(d)",
        "annex_iii_7d",
        "7_D",
        use("border_identification", "zweck_entdecken_erkennen_identifizieren_natuerlicher_personen"),
        asked("system.only_verifies_travel_documents", "ausschliesslich_reisedokumentverifikation", first=False),
        *BORDER,
    ),
    point(
        "8(a)",
        "annex_iii_8a",
        "8_A",
        use("judicial_assistance", "zweck_unterstuetzung_sachverhalt_rechtsauslegung_und_anwendung_auf_einzelfall"),
        picks(
            "system.used_by_or_for",
            {
                "judicial_authority": "justizbehoerde_oder_in_deren_auftrag",
                "dispute_resolution_body": "alternative_streitbeilegung",
            },
        ),
        asked("system.dispute_outcomes_have_legal_effects", "streitbeilegung_mit_rechtswirkungen"),
    ),
    point(
        "8(b)",
        "annex_iii_8b",
        "8_B",
        use("election_influence", "zweck_beeinflussung_wahlergebnis_oder_stimmverhalten"),
        asked("system.voters_exposed_to_output", "natuerliche_personen_ausgabe_unmittelbar_ausgesetzt"),
    ),
)

PROVISIONS: tuple[Provision, ...] = (*SCOPE, *DEFINITIONS, *PRACTICES, *CLASSES, *ANNEX_III)
