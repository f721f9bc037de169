"""Dagster: a blocking check of an asset. Where its release is refused, the assets after it are not materialized."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, AssetKey, asset_check

from aiact_rules.hosts.judgement import HostGate


def release_check(
    asset: str | AssetKey | Any,
    release: Path | str,
    *,
    name: str = "aiact_rules",
    settings: Path | str | None = None,
    log: Path | str | None = None,
) -> Any:
    """Return the check of an asset whose release stands at a path: a card, a release file or their folder.

    `settings` is the organisation's `aiact.toml`, `log` a decision log.
    """
    host = HostGate("dagster", settings=settings, log=log)

    @asset_check(asset=asset, name=name, blocking=True, description="May this release go ahead? (aiact-rules)")
    def check():  # type: ignore[no-untyped-def]  # Dagster reads the annotations
        judgement = host.judge([release], action=f"materialize {_named(asset)}")
        metadata: dict[str, Any] = {"message": judgement.message, "outcome": judgement.outcome.value}
        metadata |= {"decision_id": ", ".join(judgement.decision_ids) or "none"}
        return AssetCheckResult(passed=judgement.passes, severity=AssetCheckSeverity.ERROR, metadata=metadata)

    return check


def _named(asset: Any) -> str:
    key = getattr(asset, "key", asset)
    return str(key.to_user_string() if isinstance(key, AssetKey) else key)
