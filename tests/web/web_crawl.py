"""Walks through all pages of a room or a folder of files, and judges their markup by a list of what may stand there."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html

TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title link script body a header div nav ul ol li form label input button main h1 h2 h3 h4
        h5 h6 p footer span section article table thead tbody tr th td dl dt dd svg path circle rect text time code
        details summary figure figcaption blockquote del ins mark strong select option fieldset legend noscript br""",
    )
)
OUTWARD = "noreferrer noopener external nofollow"


def crawl(room: str, most: int = 400) -> Iterator[tuple[str, str]]:
    """Every page that can be reached from the first one, with its text; each once, in the order in which it is met."""
    origin = urlsplit(room)
    waiting, seen = [""], {""}
    while waiting and len(seen) <= most:
        path = waiting.pop(0)
        if path.endswith("/compare/"):  # a form that wants two versions
            continue
        with closing(http.client.HTTPConnection(origin.hostname or "", origin.port, timeout=20)) as client:
            client.request("GET", f"/{path}")
            answer = client.getresponse()
            text = answer.read().decode()
        assert answer.status == 200, (path, answer.status)
        if not (answer.getheader("content-type") or "").startswith("text/html"):
            continue
        yield path, text
        for link in links_of(text):
            whole = urlsplit(urljoin(f"{room}{path}", link))
            next_path = whole.path.lstrip("/")
            if whole.netloc == origin.netloc and not whole.query and next_path not in seen:
                seen.add(next_path)
                waiting.append(next_path)


def links_of(text: str) -> list[str]:
    """What the links, forms, styles and scripts of a page point at, outward links left out."""
    tree = html.document_fromstring(text)
    found = [
        str(value)
        for element, name in (("a", "href"), ("link", "href"), ("script", "src"), ("form", "action"))
        for node in tree.iter(element)
        if (value := node.get(name)) is not None and node.get("rel") != OUTWARD
    ]
    return [link.partition("#")[0] for link in found if link.partition("#")[0]]


def faults_of(text: str) -> list[str]:
    """What stands in the markup of a page that we do not write: other elements, handlers, styles, foreign addresses."""
    tree = html.document_fromstring(text)
    faults = []
    for node in tree.iter():
        if not isinstance(node.tag, str):
            faults.append(f"no element: {node}")
            continue
        if node.tag not in TAGS:
            faults.append(f"element: {node.tag}")
        for name, value in node.attrib.items():
            if name.startswith("on") or name in {"style", "srcdoc", "srcset", "formaction", "ping"}:
                faults.append(f"attribute: {node.tag} {name}")
            if name in {"href", "src", "action"}:
                faults += _address_faults(node.tag, value, node.get("rel") or "")
        if node.tag == "script" and (node.text or not (node.get("src") or "").endswith("static/room.js")):
            faults.append("script: one that is not ours")
    return faults


def _address_faults(tag: str, value: str, rel: str) -> list[str]:
    outward = urlsplit(value)
    if not outward.scheme and not outward.netloc:
        return []
    fine = tag == "a" and rel == OUTWARD and outward.scheme in {"http", "https"} and "@" not in outward.netloc
    return [] if fine else [f"address: {tag} {value[:80]}"]


def broken_links(folder: Path) -> list[str]:
    """The links of a folder of files that lead to no file of it, or to no place in one."""
    broken = []
    anchors: dict[Path, set[str]] = {}
    for page in sorted(folder.rglob("*.html")):
        tree = html.document_fromstring(page.read_text("utf-8"))
        for node in tree.iter("a", "link", "script", "form"):
            link = node.get("href") or node.get("src") or node.get("action") or ""
            if urlsplit(link).scheme:
                continue
            name, _, part = link.partition("#")
            target = (page.parent / unquote(name)).resolve() if name else page
            if target not in anchors:
                anchors[target] = _anchors(target) if target.is_file() else {"missing"}
            if not target.is_file() or (part and part not in anchors[target]):
                broken.append(f"{page.relative_to(folder)}: {link}")
    return broken


def _anchors(path: Path) -> set[str]:
    if path.suffix != ".html":
        return set()
    return {node.get("id") or "" for node in html.document_fromstring(path.read_text("utf-8")).iter() if node.get("id")}
