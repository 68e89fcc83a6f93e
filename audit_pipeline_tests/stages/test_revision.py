from pathlib import Path

from audit_pipeline.profiles.encoding.codec import content_address
from audit_pipeline.stages.revision import load_profile, save_profile
from audit_pipeline_tests.stages.small import audit, write_home


def test_a_profile_is_read_once_and_anew_when_another_takes_its_place(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    audited = audit(home)
    folder = home.private / "loans" / "windows" / "2024-01" / str(audited.revision)

    first = load_profile(folder)
    again = load_profile(folder)
    assert first is not None
    save_profile(folder, first)
    other = load_profile(folder)

    assert again is first
    assert other is not first
    assert other is not None
    assert content_address(other) == content_address(first)
