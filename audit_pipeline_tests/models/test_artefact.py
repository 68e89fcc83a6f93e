"""Only the pinned file is loaded."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from audit_pipeline.models.artefact import load, verify
from audit_pipeline.models.base import ModelError
from audit_pipeline_tests.models.trained import classifier, pinned, saved


def test_the_pinned_file_is_verified_and_loaded(tmp_path: Path) -> None:
    artefact = saved(classifier(), tmp_path / "model.json")
    verify(artefact)
    verify(replace(artefact, sha256=artefact.sha256.upper()))
    assert load(artefact).feature_names == ("age", "pay", "hours", "code")


def test_another_digest_is_refused_and_both_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(b"{}")
    # printf '{}' | sha256sum
    found = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    artefact = replace(pinned(path), sha256="0" * 64)
    for use in (verify, load):
        with pytest.raises(ModelError, match=f"is {found}.*expects {'0' * 64}.*Restore"):
            use(artefact)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    artefact = saved(classifier(), tmp_path / "model.json")
    artefact.path.unlink()
    with pytest.raises(ModelError, match=rf"{re.escape(str(artefact.path))} does not exist"):
        verify(artefact)


def test_a_folder_is_no_model_file(tmp_path: Path) -> None:
    artefact = replace(saved(classifier(), tmp_path / "model.json"), path=tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        verify(artefact)


def test_an_unknown_format_gets_the_closest_name_or_the_list(tmp_path: Path) -> None:
    artefact = saved(classifier(), tmp_path / "model.json")
    with pytest.raises(ModelError, match="Did you mean 'xgboost_json'"):
        verify(replace(artefact, format="xgboost"))
    with pytest.raises(ModelError, match=r"Known: .*xgboost_json"):
        verify(replace(artefact, format="pickle"))
