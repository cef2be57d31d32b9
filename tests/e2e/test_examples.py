"""The files of `examples/` fit this version: each is parsed by what will read it, or run."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim

from watcher.cli import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
UNITS = sorted((EXAMPLES / "systemd").iterdir())
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WORDS = "We process personal data only on the instructions of our customers and as the law demands. " * 12
PAGE = f"<!doctype html><html lang=en><title>Privacy policy</title><main><h1>Privacy</h1><p>{WORDS}</p></main></html>"


def is_ours(words: list[str]) -> str:
    """The command that a command line without the program names; its options are parsed too. Raises if it is none."""
    with cli.make_context("clausewatch", list(words)) as context:
        name, command, rest = cli.resolve_command(context, context._protected_args + context.args)
        assert name is not None
        assert command is not None
        command.make_context(name, rest, parent=context).close()
        return name


def calls(script: str) -> Iterator[list[str]]:
    """The command lines of clausewatch in a piece of shell, without what the shell makes of them."""
    for found in re.finditer(r"(?:^|&& |; |do )clausewatch ((?:[^|&;>\n2]|2(?!>))+)", script, re.MULTILINE):
        yield shlex.split(found[1])


def test_every_file_is_named_where_people_look() -> None:
    """The list in the folder names each file, and the how-to page leads there."""
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs/how-to/run-it-regularly.md").read_text(encoding="utf-8")
    for path in FILES:
        assert path.name == "README.md" or path.name in listed or (path.suffix == ".timer" and ".timer" in listed)
    assert "examples/README.md" in page
    assert all(kind in page for kind in ("systemd", "crontab", "Dockerfile", "compose file", "GitHub Actions"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_one_of_ours(unit: Path) -> None:
    """Its command is a command; a timer has its service beside it; the daemon speaks with the service manager."""
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep case
    parser.read_string(unit.read_text(encoding="utf-8"))
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
        assert parser["Timer"]["OnCalendar"] == "hourly"
        return
    service = parser["Service"]
    command = is_ours(shlex.split(service["ExecStart"])[1:])
    assert (command, service["Type"]) in {("run", "notify"), ("check", "oneshot")}
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path, command: list[str]) -> None:
    """`systemd-analyze verify` is silent about them, with the path of the program that is installed here."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/usr/local/bin/clausewatch", command[0])
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    words = ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lines_of_the_crontab_come_and_are_commands() -> None:
    """Five fields that cron understands, and known commands behind them."""
    found = []
    for line in (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#") or re.match(r"[A-Z]+=", line):
            continue
        assert next(CronSim(" ".join(line.split(None, 5)[:5]), NOW)) > NOW
        found += [is_ours(words) for words in calls(line.split(None, 5)[5].replace("\\%", "%"))]
    assert found == ["check", "status", "backup"]


def test_the_image_runs_commands_that_exist_on_files_that_exist() -> None:
    """Entry point, command and health check; what is copied is in the checkout, with the Python that we ask for."""
    text = re.sub(r"\\\n\s*", " ", (EXAMPLES / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    steps = [(kind, rest) for kind, _, rest in lines]
    kinds = [kind for kind, _ in steps]
    assert set(kinds) <= {
        "FROM",
        "ARG",
        "COPY",
        "RUN",
        "USER",
        "WORKDIR",
        "VOLUME",
        "ENV",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    said = dict(steps)
    assert json.loads(said["ENTRYPOINT"]) == ["clausewatch"]
    assert is_ours(json.loads(said["CMD"])) == "run"
    assert is_ours(json.loads(said["HEALTHCHECK"].partition("CMD ")[2])[1:]) == "status"
    assert (ROOT / "constraints.txt").is_file()
    assert all(
        name in {"build", "python:3.12-slim"} for kind, name in steps if kind == "FROM" for name in [name.split()[0]]
    )
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")


def test_the_compose_file_starts_the_image() -> None:
    """YAML, with the Dockerfile beside it and a command that exists; it may write the store alone."""
    data = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
    service = data["services"]["clausewatch"]
    context = (EXAMPLES / service["build"]["context"]).resolve()
    assert (context / service["build"]["dockerfile"]).is_file()
    assert is_ours(service["command"]) == "run"
    assert service["read_only"] is True
    volumes = [volume.split(":") for volume in service["volumes"]]
    assert [volume[1] for volume in volumes if volume[-1] != "ro"] == ["/data"]
    assert {volume[0] for volume in volumes if not volume[0].startswith(".")} == set(data["volumes"])


def test_the_compose_file_of_many_machines_starts_workers() -> None:
    """The same image with its extra; the tables are made before a worker starts, and no password stands in the file."""
    text = (EXAMPLES / "many-machines.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    tables, worker = services["tables"], services["worker"]
    for service in (tables, worker):
        assert service["build"]["args"] == {"EXTRAS": "[server]"}
        assert service["environment"]["CLAUSEWATCH_STORE"] == "postgresql://clausewatch@database/clausewatch"
        assert service["read_only"] is True
    assert (is_ours(tables["command"]), is_ours(worker["command"])) == ("schema", "worker")
    assert worker["depends_on"] == {"tables": {"condition": "service_completed_successfully"}}
    assert set(re.findall(r"PASSWORD: (\S+?:)", text)) == {"${PGPASSWORD:"}


def test_the_workflow_keeps_its_store_in_a_branch_from_run_to_run(
    site: Any, tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    """Its steps, run twice against a repository: the second finds the history, and the branch holds one commit."""
    data = yaml.safe_load((EXAMPLES / "github-workflow.yaml").read_text(encoding="utf-8"))
    (cron,) = data[True]["schedule"]  # YAML 1.1 takes `on` for true
    assert next(CronSim(cron["cron"], NOW)) > NOW
    steps = [step for step in data["jobs"]["check"]["steps"] if "run" in step]
    assert [is_ours(words) for step in steps for words in calls(step["run"].replace('"', ""))] == ["check", "verify"]
    site.put("/p", PAGE)
    env = environment | {"PATH": f"{Path(command[0]).parent}:{environment['PATH']}", "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str, cwd: Path) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
            cwd=cwd, env=env, capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip

    origin = tmp_path / "origin"
    origin.mkdir()
    git("init", "--quiet", "--initial-branch=main", cwd=origin)
    (origin / "sources.toml").write_text(
        '[fetch]\nallow_networks = ["127.0.0.0/8"]\n[[source]]\nid = "acme/privacy"\nvendor = "Acme"\n'
        f'document = "privacy-policy"\nurl = "{site.url}/p"\n'
    )
    git("add", ".", cwd=origin)
    git("commit", "--quiet", "--message=sources", cwd=origin)
    for turn in range(2):
        work = tmp_path / f"run{turn}"
        git("clone", "--quiet", "--depth=1", origin.as_uri(), str(work), cwd=tmp_path)
        for step in steps:
            if step["name"] == "Install":
                continue
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=work, env=env, capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 0, (step["name"], done.stderr)
        store = work / "store" / "clausewatch.db"
        words = [*command, "--store", str(store), "history", "--json"]
        versions = json.loads(subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout)
        assert len(versions) == 1
    assert git("rev-list", "--count", "clausewatch-store", cwd=origin) == "1"
    assert site.hits["/p"] == 1
