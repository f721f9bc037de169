"""Dagster, really run: what comes after a blocking check is not materialized where the release is refused."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from .platforms import Place

pytestmark = pytest.mark.skipif(find_spec("dagster") is None, reason="dagster is not installed; .ci/hosts runs this")

SCRIPT = """
import sys
from pathlib import Path
from dagster import Definitions, asset, define_asset_job
from aiact_rules.hosts.dagster import release_check

@asset
def model(): return 1

@asset(deps=[model])
def deployed(): Path("deployed").touch()

check = release_check(model, sys.argv[1], log="log.sqlite")
definitions = Definitions(assets=[model, deployed], asset_checks=[check], jobs=[define_asset_job("release")])
result = definitions.get_job_def("release").execute_in_process(raise_on_error=False)
for each in result.get_asset_check_evaluations():
    print(each.passed, each.metadata["message"].value, each.metadata["decision_id"].value)
sys.exit(0 if result.success else 1)
"""


@pytest.mark.parametrize(
    ("release", "code", "outcome"), [("silent", 1, "refused"), ("minimal", 0, "allowed"), ("none", 1, "undecided")]
)
def test_the_asset_after_it_is_materialized_only_where_the_release_passes(
    tmp_path: Path, release: str, code: int, outcome: str
) -> None:
    place = Place.at(tmp_path)
    done = place.run(SCRIPT, release, DAGSTER_HOME=str(tmp_path / "home"))
    assert done.code == code, done.said
    assert (tmp_path / "deployed").exists() == (code == 0)
    assert place.acts() == [("dagster", outcome)]
    assert "materialize model" in done.said
