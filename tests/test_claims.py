"""What a card claims is compared with what follows from its facts, held where it says less, and replayed as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch
from aiact_rules.core.claims import Comparison, compared
from aiact_rules.core.decisions import Decision
from aiact_rules.core.packs import CLAIMS
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.waivers import Waivable
from aiact_rules.gate import Gate
from aiact_rules.reports.html_report.report import HtmlReport
from aiact_rules.reports.json_report import JsonReport
from aiact_rules.reports.markdown_report import MarkdownReport
from aiact_rules.reports.sarif_report import SarifReport
from aiact_rules.reports.text_report import TextReport
from aiact_rules.requests.recorded import Record
from aiact_rules.sources.claims import MEANINGS

GATE = Gate()
RECRUITING = """\
  subject: system
  roles: [provider]
  markets: [EU]
  release_date: 2028-02-01
  system:
    practices: []
    annex_iii_uses: [recruitment]
    annex_i_law: []
    transparency_situations: []
    profiles_natural_persons: true
"""
PLAIN = RECRUITING.replace("[recruitment]", "[]").replace("    profiles_natural_persons: true\n", "")


def judged(folder: Path, claims: str, facts: str = "") -> Decision:
    card = f"---\nlicense: mit\neu_ai_act:\n{claims}{facts}---\n# Ranker\n\nIt reads texts.\n"
    (folder / "README.md").write_text(card, encoding="utf-8")
    return GATE.check(folder / "README.md", as_of=date(2026, 11, 30))


def comparisons(decision: Decision) -> dict[str, Comparison]:
    return {each.claim.key: each.comparison for each in compared(decision)}


def test_a_card_with_only_claims_is_read_and_holds_for_what_is_unknown(tmp_path: Path) -> None:
    decision = judged(tmp_path, "  risk_classification: minimal\n  annex_iii_category: none\n")
    assert decision.verdict is Verdict.HOLD
    assert comparisons(decision) == {"risk_classification": Comparison.OPEN, "annex_iii_category": Comparison.OPEN}
    assert not [finding for finding in decision.findings if finding.kind is Kind.CONTRADICTION and finding.status.gates]


def test_claims_that_match_are_shown_as_such_and_change_no_verdict(tmp_path: Path) -> None:
    decision = judged(tmp_path, "  risk_classification: minimal\n  conformity_assessment: not_required\n", PLAIN)
    assert decision.verdict is Verdict.ALLOW
    assert set(comparisons(decision).values()) == {Comparison.SAME}
    assert "the facts say the same" in TextReport().render(Batch.of(decision))


def test_a_higher_claim_is_a_note(tmp_path: Path) -> None:
    decision = judged(tmp_path, "  risk_classification: high-risk\n", PLAIN)
    assert decision.verdict is Verdict.ALLOW
    assert comparisons(decision) == {"risk_classification": Comparison.HIGHER}
    assert "the facts do not say as much" in TextReport().render(Batch.of(decision))


def test_a_lower_claim_holds_with_both_lines_in_every_report(tmp_path: Path) -> None:
    decision = judged(tmp_path, "  risk_classification: minimal\n", RECRUITING)
    assert comparisons(decision) == {"risk_classification": Comparison.LOWER}
    finding = next(f for f in decision.findings if f.id == "contradiction.claim.risk.minimal.high_risk")
    assert finding.status.gates
    assert finding.provision == "Art. 6(1) and (2)"
    batch = Batch.of(decision)
    full = Batch.of(decision, full=True)
    for report, text in [
        (name, " ".join(report.render(each).split()))
        for name, report, each in (
            ("screen", TextReport(), batch),
            ("full", TextReport(), full),
            ("markdown", MarkdownReport(), batch),
            ("html", HtmlReport(), batch),
        )
    ]:
        plain = text.replace("\\", "")
        assert "risk_classification: minimal" in plain, report
        assert "README.md:4" in plain, report
        assert "system.annex_iii_uses: recruitment" in plain, report
        assert "README.md:11" in plain, report
    (shown,) = json.loads(JsonReport().render(batch))["claims"]
    assert (shown["line"], shown["comparison"]) == (4, "lower")
    assert shown["denied_by"] == ["contradiction.claim.risk.minimal.high_risk"]
    results = json.loads(SarifReport().render(full))["runs"][0]["results"]
    lines = {result["ruleId"]: result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in results}
    assert lines["eu_ai_act.contradiction.claim.risk.minimal.high_risk"] == 4


def test_no_claim_lowers_anything(tmp_path: Path) -> None:
    """Whatever is claimed, the verdict is at least that without claims, and everything open stays open."""
    for facts in ("", PLAIN, RECRUITING):
        without = judged(tmp_path, "  name: ranker\n", facts)
        gating = {finding.id for finding in without.findings if finding.status.gates}
        for key, meanings in MEANINGS.items():
            for words in meanings.values():
                decision = judged(tmp_path, f"  {key}: {next(iter(words))}\n", facts)
                assert decision.verdict.severity >= without.verdict.severity, (key, words)
                assert gating <= {finding.id for finding in decision.findings if finding.status.gates}, (key, words)
                assert decision.packs[0].conclusions == without.packs[0].conclusions, (key, words)


def test_a_lower_claim_is_never_waived() -> None:
    (pack,) = GATE.packs()
    waivable = Waivable.of(pack.obligations)
    denials = [pack.obligations[name] for rule in pack.claims.values() for name in rule.denials]
    assert len(denials) > 10
    assert all(waivable.why_not(o.kind, o.provision) is not None for o in denials)


def test_every_claim_that_is_read_is_compared_by_the_pack() -> None:
    (pack,) = GATE.packs()
    meant = {claim for meanings in MEANINGS.values() for claim in meanings}
    assert meant == set(pack.claims) == set(pack.vocabulary[CLAIMS].values or ())


@pytest.mark.parametrize("facts", ["", PLAIN, RECRUITING])
def test_claims_stand_in_the_record_and_are_replayed(tmp_path: Path, facts: str) -> None:
    decision = judged(tmp_path, "  risk_classification: [minimal, odd]\n  human_oversight: not_required\n", facts)
    record = Record(json.loads(json.dumps(decision.as_record())))
    again = GATE.check(record)
    assert again.decision_id == decision.decision_id
    assert again.claims == decision.claims
    assert [each.comparison for each in compared(again)] == [each.comparison for each in compared(decision)]
    assert GATE.read_back(record).claims == decision.claims


def test_cards_of_one_release_may_claim_different_things(tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text("format: 1\nname: ranker\n", encoding="utf-8")
    for name, said in (("model_card.md", "minimal"), ("model_card_b.md", "limited")):
        (tmp_path / name).write_text(f"---\neu_ai_act: {{risk_classification: {said}}}\n---\n# R\n", encoding="utf-8")
    decision = GATE.check(tmp_path)
    assert [claim.means for claim in decision.claims] == ["risk.minimal", "risk.limited"]
    assert decision.facts.value(CLAIMS) == frozenset({"risk.minimal", "risk.limited"})
