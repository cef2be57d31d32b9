"""The documentation says what the program does: generated parts are fresh, examples are played, lists are complete."""

from __future__ import annotations

import configparser
import inspect
import re
import shlex
import sqlite3
import subprocess
import textwrap
import tomllib
from pathlib import Path

import pytest

from bench.quality import measure
from docs.make_reference import PAGE, commands_page
from docs.transcripts import README, ROOT, TUTORIAL, blocks, fault, missing, normal, play, session
from storage import errors
from storage.connect import open_store
from storage.model import FACT_FIELDS, DocumentType, Reason, Severity, Topic, Verdict
from watcher.cli import COMMANDS, cli
from watcher.config import load

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
REFRESH = "python -m docs.make_reference writes it anew"


def text_of(name: str) -> str:
    """A page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The rows of all tables of a page, cell by cell; heads and rulers too."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def first_cells(text: str) -> list[str]:
    """What stands in code in the first column of the tables."""
    return [found[1] for row in rows(text) if (found := re.fullmatch(r"`([^`]+)`", row[0]))]


def test_the_reference_of_commands_is_what_the_commands_say() -> None:
    """Every command and option, its help, default and choices."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == commands_page(), REFRESH
    assert all(f"`clausewatch {name}`" in page for name in COMMANDS)


def test_the_tutorial_and_what_goes_on_with_it_print_what_they_show(tmp_path: Path, spare_readers: None) -> None:
    """Page after page in one folder: every command runs, and its output is the one on the page, times and ports aside.

    In the end two mails are there: the sample, and the alert with both wordings.
    """
    with session(tmp_path) as here:
        wrong = {}
        for name in TUTORIAL:
            played = list(play(here, (ROOT / name).read_text(encoding="utf-8")))
            assert played, name
            wrong[name] = [fault_found for one in played if (fault_found := fault(one))]
        letters = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "inbox/new").iterdir())]
    assert {name: faults for name, faults in wrong.items() if faults} == {}, REFRESH
    assert len(letters) == 2
    assert sum("within {+36+} months" in letter for letter in letters) == 1


@pytest.mark.parametrize("name", README)
def test_the_readme_prints_what_it_shows(tmp_path: Path, spare_readers: None, name: str) -> None:
    """The demo and the first commands."""
    with session(tmp_path) as here:
        played = list(play(here, (ROOT / name).read_text(encoding="utf-8")))
    assert [one.step.command.split()[0] for one in played] == ["./clausewatch", *["clausewatch"] * 3]
    assert played[0].step.command == "./clausewatch demo"
    assert [wrong for one in played if (wrong := fault(one))] == [], REFRESH


def test_the_readme_is_short() -> None:
    """The demo first, the tests second, and no more than a reader takes in."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 170
    assert text.index("./clausewatch demo") < text.index("./test") < text.index("## Install")


@pytest.mark.long
def test_the_figures_of_the_readme_are_those_measured(corpus: Path) -> None:
    """The table of results and the sentences below it promise no more than `python -m bench.quality` counts."""
    tallies = measure(corpus)
    told = (ROOT / "README.md").read_text(encoding="utf-8").split("## How it decides")[1].split("## Limits")[0]
    both = {half: tallies[f"pairs{half}"].counts + tallies[f"quiet{half}"].counts for half in ("", " odd")}
    for counts, names in (
        (tallies["vendors"].counts, ("verdict", "evidence")),
        (both[""], ("material", "quiet")),
        (both[" odd"], ("material", "quiet")),
    ):
        for name in names:
            wanted = re.findall(rf"(\d+) of {counts[f'{name}/all']} ", told)
            assert wanted, (name, counts[f"{name}/all"])
            assert all(int(number) <= counts[name] for number in wanted), (name, counts[name])


@pytest.mark.parametrize(
    ("shown", "printed", "said"),
    [
        ("a\nb", "a\n\nb\n", None),
        ("at 2026-01-01 10:00 on 127.0.0.1:80", "at 2027-02-02 11:11 on 127.0.0.1:99", None),
        ("a", "a\nb", "'(the end)' is not 'b'"),
        ("a\n…\nc", "a\nb\nc", None),
        ("a\n…\nd", "a\nb\nc", "d"),
        ("…\nb\na", "a\nb", "'b' and the lines below it"),
    ],
)
def test_outputs_are_compared_line_by_line(shown: str, printed: str, said: str | None) -> None:
    """Only what differs from run to run and what "…" stands for may differ."""
    assert missing(shown, printed) == said
    assert normal(normal("x  y\n")[0]) == ["x y"]


def test_every_reason_is_explained() -> None:
    """Each reason has a row that says what it means and what to do, and no other has."""
    table = text_of("reference/errors.md").split("## Reasons")[1]
    assert first_cells(table) == [reason.value for reason in Reason]
    assert all(len(row) == 4 and all(row) for row in rows(table))


def test_every_error_is_explained_with_its_exit_code() -> None:
    """The tree of errors and the table are the same."""
    table = text_of("reference/errors.md").split("## Reasons", maxsplit=1)[0]
    told = {row[0].strip("`"): row[1] for row in rows(table)[2:]}
    tree = {
        name: str(error.exit_code)
        for name, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, errors.ClausewatchError)
    }
    assert told == tree


def test_every_id_is_in_the_contracts() -> None:
    """Topics, verdicts and facts with the fields of each; document types and severities by name."""
    text = text_of("reference/contracts.md")
    cells = first_cells(text)
    assert cells == [*(topic.value for topic in Topic), *(verdict.value for verdict in Verdict), *FACT_FIELDS]
    facts = {row[0].strip("`"): row[1] for row in rows(text)}
    for kind, fields in FACT_FIELDS.items():
        assert [name for name in re.findall(r"`([a-z]+)`", facts[kind]) if name in fields] == list(fields)
    for word in (*DocumentType, *Severity):
        assert f"`{word.value}`" in text


def test_every_table_of_the_store_is_told_column_by_column(tmp_path: Path) -> None:
    """In the order of the schema; the full-text index is named beside its table."""
    open_store(tmp_path / "new.db", write=True).close()
    connection = sqlite3.connect(tmp_path / "new.db")
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    ours = [name for name in names if not name.startswith(("sqlite_", "_", "passages_fts"))]
    tables = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in ours}
    connection.close()
    parts = re.split(r"^### `(\w+)`$", text_of("reference/store.md"), flags=re.MULTILINE)
    told = {name: first_cells(part) for name, part in zip(parts[1::2], parts[2::2], strict=True)}
    assert told == tables


def test_every_family_of_rules_that_is_told_is_there() -> None:
    """Every name in the table of rules is one that rules of the code begin with."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "watcher/differ").rglob("*.py"))
    named = set(re.findall(r'(?:Finding\(\s*f?|\brule = .*?)"([a-z-]+)\.', code))
    named |= set(re.findall(r'"([a-z-]+)": \(', "\n".join(re.findall(r"_SHAPES = .*", code))))
    table = "\n".join(row[0] for row in rows(text_of("explanation/how-it-judges.md")))
    told = set(re.findall(r"`([a-z-]+)\.", table))
    assert len(told) > 15
    assert told <= named | set(re.findall(r'_Act\("([a-z-]+)"', code))


def test_every_dependency_has_its_reason() -> None:
    """The names are those of pyproject.toml, in the same order."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = [re.split(r"[<>=\[;]", line)[0] for line in tomllib.load(file)["project"]["dependencies"]]
    told = rows(text_of("explanation/dependencies.md"))[2:]
    assert [row[0] for row in told] == wanted
    assert all(row[1] for row in told)


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_inside_lead_somewhere(path: Path) -> None:
    """Every relative link names a file that is there, and a heading that is in it."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def test_every_page_is_in_the_index() -> None:
    """docs/README.md leads to each page of the documentation."""
    index = set(re.findall(r"\]\(([^)#\s]+)\)", text_of("README.md")))
    assert index == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}


OWN = [path for path in PAGES if path.name != "configuration.md"]  # test_config_docs.py holds that one
SOURCE = '[[source]]\nid = "a/b"\nvendor = "Acme"\ndocument = "other"\n'
ADDRESS = 'url = "https://acme.example/"\n'


def examples(kind: str) -> list[str]:
    """The code blocks of one kind on all pages, without their indentation."""
    return [
        textwrap.dedent(block.body) for path in OWN for block in blocks(path.read_text("utf-8")) if block.kind == kind
    ]


def test_every_configuration_shown_is_sound(tmp_path: Path) -> None:
    """Whole ones load as they are, parts with what they leave out."""
    found = examples("toml")
    assert len(found) >= 10
    path = tmp_path / "sources.toml"
    for example in found:
        text = example if "[" in re.findall(r"^\S", example, re.MULTILINE) else SOURCE + example
        text += "" if "[[source]]" in text else SOURCE + ADDRESS
        path.write_text(text, encoding="utf-8")
        assert load(path).sources, example


def test_every_shell_example_is_shell() -> None:
    """Bash can read each of them, and knows what it is to run."""
    found = examples("sh")
    assert found
    done = subprocess.run(["bash", "-n"], input="\n".join(found), capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_units_of_systemd_are_units() -> None:
    """Each section and key once, and the command line is one of ours."""
    found = examples("ini")
    assert len(found) == 2
    commands = []
    for unit in found:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(unit)
        commands += [parser["Service"]["ExecStart"]] if "Service" in parser else []
    (command,) = commands
    with cli.make_context("clausewatch", shlex.split(command)[1:]) as context:
        assert context.params["config"] == "/etc/clausewatch/sources.toml"
        assert context._protected_args == ["check"]


def test_every_shell_example_names_real_commands() -> None:
    """What stands behind `clausewatch` on any page is a command, an option or an ellipsis."""
    for path in PAGES:
        for word in re.findall(r"`clausewatch (?:-v |--debug |… )?([a-z]+)", path.read_text(encoding="utf-8")):
            assert word in COMMANDS, (path, word)
