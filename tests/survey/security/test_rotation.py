"""The site's signing key is changed, and what was signed before stays verifiable."""

from pathlib import Path
from typing import Any

from survey import clock
from survey.security.signing import rotate, sign, site_public_keys, verifies
from survey.security.site_keys import SiteKey, read, site_keys, written


def test_after_a_rotation_old_signatures_verify_by_a_key_that_is_still_told(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"SIGNING_KEY": "", "INSTANCE": tmp_path}
    before = sign(b"as it was", settings)
    new = rotate(settings)
    after = sign(b"as it is", settings)
    assert after.public_key == new != before.public_key
    assert site_public_keys(settings) == [new, before.public_key]
    today = clock.now().date()
    told = read(written(site_keys(settings)).encode())
    assert told == [SiteKey(new, today, None, True), SiteKey(before.public_key, today, today, False)]
    assert verifies(b"as it was", before.signature, site_public_keys(settings)[1])
    # The old private key is nowhere any more, and nobody else reads the new one.
    private = [path for path in tmp_path.iterdir() if b"PRIVATE" in path.read_bytes()]
    assert [path.name for path in private] == ["signing_key"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
