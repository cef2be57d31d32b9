"""Sample vendors: ten sites as TOML, served by real servers on loopback under the names that they have."""

from __future__ import annotations

import gzip
import html
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from fpdf import FPDF

HERE = Path(__file__).parents[1] / "discovery"
SITES = HERE / "sites"


@cache
def _texts(language: str) -> dict[str, str]:
    parts = re.split(r"^@@ (\S+)\n", (HERE / f"texts_{language}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@dataclass
class VendorSite:
    """One site: its pages by host and path, and every request that it got."""

    data: dict[str, Any]
    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The address of its home page, without the last slash."""
        return f"http://{self.data['host']}:{self.port}"

    @property
    def expected(self) -> dict[str, str]:
        """The documents that it has: address, type."""
        return {self.address(page): page["expect"] for page in self.data["page"] if "expect" in page}

    @property
    def versions(self) -> dict[str, str]:
        """The versions in other languages: address, address of the one that is to be proposed."""
        return {
            self.address(page): f"{self.root}{page['version_of']}" for page in self.data["page"] if "version_of" in page
        }

    def address(self, page: dict[str, Any]) -> str:
        """The address of a page."""
        return f"http://{page.get('host', self.data['host'])}:{self.port}{page['path']}"

    def answer(self, host: str, target: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        self.requests.append(f"{host}{target}")
        path = urlsplit(target).path
        known = {(page.get("host", self.data["host"]), unquote(page["path"])): page for page in self.data["page"]}
        page = known.get((host, unquote(path)))
        if page is None and "soft404" in self.data and path != "/robots.txt":
            page = known[self.data["host"], self.data["soft404"]]
        if page is None:
            return 404, {"Content-Type": "text/html"}, b"<h1>404</h1><p>Not found</p>"
        if "to" in page:
            return page["code"], {"Location": self._filled(page["to"], page)}, b""
        return 200, *self._page(page)

    def _page(self, page: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        name = page.get("name", self.data["name"])
        if "raw" in page:
            body = self._filled(page["raw"], page).encode()
            return {"Content-Type": page["type"]}, gzip.compress(body) if page.get("gzip") else body
        text = ""
        if "text" in page:
            language, kind = page["text"].split()
            text = _texts(language)[kind].replace("NAME", name)
        heading = page.get("h1", page["title"])
        if page.get("pdf"):
            return {"Content-Type": "application/pdf"}, _pdf(heading, text)
        style = STYLES[self.data["style"]]
        main = style(heading, text, page.get("before", ""), page.get("more", "")) if text else page.get("body", "")
        layout = str(self.data["layout"]).replace("@@body", main)
        for key, value in {
            "title": page["title"],
            "head": page.get("head", ""),
            "lang": page.get("lang", self.data["lang"]),
        }.items():
            layout = layout.replace(f"@@{key}", value)
        charset = self.data.get("charset", "utf-8")
        return {"Content-Type": f"text/html; charset={charset}"}, self._filled(layout, page).encode(
            charset, "xmlcharrefreplace"
        )

    def _filled(self, text: str, page: dict[str, Any]) -> str:
        for key, host in self.data.get("hosts", {}).items():
            text = text.replace(f"@@root_{key}", f"http://{host}:{self.port}")
        return text.replace("@@root", self.root).replace("@@port", str(self.port))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """The lines of a text with what each is."""
    for line in text.strip().splitlines():
        for mark, kind in (("## ", "heading"), ("- ", "item"), ("|", "row")):
            if line.startswith(mark):
                yield kind, line.removeprefix(mark).strip()
                break
        else:
            yield "paragraph", line


def _row(line: str, cell: str = "td") -> str:
    return (
        "<tr>" + "".join(f"<{cell}>{html.escape(one.strip())}</{cell}>" for one in line.strip("|").split("|")) + "</tr>"
    )


def _semantic(heading: str, text: str, before: str, more: str) -> str:
    parts, open_ = [f"<h1>{html.escape(heading)}</h1>{before}"], ""
    for kind, line in _lines(text):
        wanted = {"item": "ul", "row": "table"}.get(kind, "")
        if wanted != open_:
            parts.append((f"</{open_}>" if open_ else "") + (f"<{wanted}>" if wanted else ""))
        if kind == "row":
            parts.append(_row(line, "td" if open_ == "table" else "th"))
        else:
            tag = {"heading": "h2", "item": "li", "paragraph": "p"}[kind]
            parts.append(f"<{tag}>{html.escape(line)}</{tag}>")
        open_ = wanted
    return "".join(parts) + (f"</{open_}>" if open_ else "") + more


def _soup(heading: str, text: str, before: str, more: str) -> str:
    parts = [f"<div><b>{html.escape(heading)}</b></div><div>12-05-2026</div>{before}"]
    for kind, line in _lines(text):
        if kind == "heading":
            parts.append(f"<div><b>{html.escape(line)}</b></div>")
        elif kind == "row":
            parts.append(
                "<div>" + " - ".join(html.escape(one.strip()) for one in line.strip("|").split("|")) + "</div>"
            )
        else:
            parts.append(f"<div>{'&bull; ' if kind == 'item' else ''}{html.escape(line)}</div>")
    return "".join(parts) + more


def _font(heading: str, text: str, before: str, more: str) -> str:
    parts = [f"<p align='left'><font face='Verdana' size='4'><b>{html.escape(heading)}</b></font><br>{before}"]
    for kind, line in _lines(text):
        size = "3" if kind == "heading" else "2"
        shown = f"<b>{html.escape(line)}</b>" if kind == "heading" else html.escape(line)
        parts.append(f"<font face='Verdana' size='{size}'>{shown}</font><br><br>")
    return "".join(parts) + more


def _widgets(heading: str, text: str, before: str, more: str) -> str:
    inner = _semantic(heading, text, before, more)
    return f"<div class='elementor-element'><div class='elementor-widget-container'>{inner}</div></div>"


STYLES: dict[str, Callable[[str, str, str, str], str]] = {
    "semantic": _semantic,
    "soup": _soup,
    "font": _font,
    "widgets": _widgets,
}


def _pdf(heading: str, text: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=16)
    pdf.multi_cell(0, 10, _latin(heading), new_x="LMARGIN", new_y="NEXT")
    for kind, line in _lines(text):
        pdf.set_font("helvetica", style="B" if kind == "heading" else "", size=11)
        pdf.multi_cell(0, 6, _latin(line.strip("|").replace("|", " - ")), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


class SiteHandler(BaseHTTPRequestHandler):
    """Answers with the page of the site that the Host header names."""

    protocol_version = "HTTP/1.1"
    sites: dict[str, VendorSite]

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        site = self.sites.get(host)
        status, headers, body = site.answer(host, self.path) if site else (404, {}, b"")
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Web:
    """All sample sites, by the name of their file."""

    sites: dict[str, VendorSite]
    hosts: frozenset[str]


def load_sites(port: int) -> tuple[dict[str, VendorSite], dict[str, VendorSite]]:
    """All sites by the name of their file, and by host."""
    sites: dict[str, VendorSite] = {}
    by_host: dict[str, VendorSite] = {}
    for path in sorted(SITES.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        site = sites[path.stem] = VendorSite(data, port)
        by_host |= dict.fromkeys({data["host"], *(page["host"] for page in data["page"] if "host" in page)}, site)
    return sites, by_host


def on_addresses(name: str, port: int, first: int) -> tuple[VendorSite, list[str]]:
    """One site whose hosts have no names, only addresses of this machine (127.0.2.x); the site's own comes first."""
    data = tomllib.loads((SITES / f"{name}.toml").read_text(encoding="utf-8"))
    hosts = [data["host"], *data.get("hosts", {}).values(), *(page["host"] for page in data["page"] if "host" in page)]
    addresses = {host: f"127.0.2.{first + place}" for place, host in enumerate(dict.fromkeys(hosts))}
    data["host"] = addresses[data["host"]]
    data["hosts"] = {key: addresses[host] for key, host in data.get("hosts", {}).items()}
    for page in data["page"]:
        for key in {"host", "body", "more", "head"} & page.keys():
            for host, address in addresses.items():
                page[key] = page[key].replace(host, address)
    return VendorSite(data, port), list(addresses.values())
