"""`[timestamps]` and `[retention]`: what they may say, and what is wrong with the rest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from config_samples import GOOD, faults_of

from storage.errors import ConfigError
from watcher.config import Retention, load
from watcher.timestamps.authority import Authority


def _load(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text + GOOD, encoding="utf-8")
    return path


def test_what_is_said_is_what_is_done(tmp_path: Path) -> None:
    """Paths start at the folder of the file; without the tables nobody is asked and nothing is dropped."""
    full = load(
        _load(
            tmp_path,
            '[timestamps]\nurl = "https://tsa.example/tsr"\nca = "tsa.pem"\npolicy = "1.3.6.1.4.1.13762.3"\n'
            'auth = "me:${TSA}"\nevery = "6h"\n[retention]\nkeep_raw = "all"\nraw_age = "2w"\nraw_size = "5GB"\n',
        )
    )
    assert full.timestamps == Authority(
        "https://tsa.example/tsr", tmp_path / "tsa.pem", "1.3.6.1.4.1.13762.3", "me:${TSA}", timedelta(hours=6)
    )
    assert full.retention == Retention(every=True, age=timedelta(weeks=2), size=5 * 10**9)
    none = load(_load(tmp_path, ""))
    assert (none.timestamps, none.retention) == (None, Retention())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[timestamps]\n", '"url" is missing'),
        ('[timestamps]\nurl = "ftp://tsa.example/"\n', "no web address"),
        ('[timestamps]\nurl = "https://me:pass@tsa.example/"\n', "user name or password"),
        ('[timestamps]\nurl = "https://tsa.example/"\npolicy = "1.2"\n', '"1.2" is no object identifier'),
        ('[timestamps]\nurl = "https://tsa.example/"\npolicy = 5\n', "5 is no object identifier"),
        ('[timestamps]\nurl = "https://tsa.example/"\npolicy = "1.40.2"\n', "no object identifier"),
        ('[timestamps]\nurl = "https://tsa.example/"\nauth = "me:secret-word"\n', "in plain sight"),
        ('[timestamps]\nurl = "https://tsa.example/"\nevery = "5s"\n', "out of bounds"),
        ('[retention]\nkeep_raw = "al"\n', 'did you mean "all"?'),
        ("[retention]\nkeep_raw = true\n", 'write "versions" or "all"'),
        ('[retention]\nraw_age = "1h"\n', "out of bounds"),
        ('[retention]\nraw_size = "5kB"\n', "not a size from 1 MB on"),
        ("[retention]\nraw_size = 5\n", "not a size"),
        ('[retention]\nraw_days = "5d"\n', "unknown key"),
    ],
)
def test_each_fault_is_named_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    """And no message holds a password."""
    told = "\n".join(faults_of(tmp_path / "sources.toml", text + GOOD))
    assert said in told
    assert "secret-word" not in told


def test_certificates_must_be_there_before_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone, or holds something else, is a fault where secrets are looked at; so is a missing login."""
    path = _load(tmp_path, '[timestamps]\nurl = "https://tsa.example/"\nca = "tsa.pem"\nauth = "me:${TSA}"\n')
    monkeypatch.setenv("TSA", "word")
    with pytest.raises(ConfigError, match="timestamps: ca: cannot be read"):
        load(path, secrets=True)
    (tmp_path / "tsa.pem").write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds no certificate in PEM"):
        load(path, secrets=True)
    monkeypatch.delenv("TSA")
    with pytest.raises(ConfigError, match="TSA"):
        load(path, secrets=True)


def test_a_login_without_tls_is_warned_of(tmp_path: Path) -> None:
    """As with sources."""
    settings = load(_load(tmp_path, '[timestamps]\nurl = "http://tsa.example/"\nauth = "me:${TSA}"\n'))
    assert any("over http" in line and "[timestamps]" in line for line in settings.warnings)
