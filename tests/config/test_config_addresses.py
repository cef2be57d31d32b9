"""Addresses of pages, people, channels, servers: what is refused, and that no refusal repeats a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_samples import CANARY, GOOD, MAIL, changed, faults_of, mail, target

from storage.errors import ConfigError
from watcher.config import load
from watcher.config.addresses import is_mailbox

AT = "source example/privacy: "
TO = "12: subscriber team: to: "
MAILTO = '(write "mailto:privacy@example.org")'
NO_SCHEMA = 'not an address with a schema (write "mailto:privacy@example.org" or "json://host/path")'
NOT_ONE = 'not one valid mail address (write "mailto:privacy@example.org", one address in each entry)'
BLANK = "holds white space or a control character (take it out)"
CHAT = "the address of a chat channel is a secret and stands here in plain sight "
PART = "a part of the address looks like a secret and stands here in plain sight "
WEBHOOK = (
    '(for a webhook write "json://" or "jsons://"; of a chat channel take the tokens out: "slack://${SLACK_TOKENS}")'
)
PLAIN = 'a password or token stands here in plain sight (write "json://user:${WEBHOOK_PASSWORD}@host/path")'
QUERY = 'a secret stands here in plain sight in the part after the ? (write "jsons://host/path?token=${WEBHOOK_TOKEN}")'
NOT_VALID = "not a valid address (look at the host, the brackets and the port)"
SIGHT = "a password stands here in plain sight "
SMTP = 'write "smtp://user:${SMTP_PASSWORD}@mail.example.org:587"'
SERVER = '(write "smtp://mail.example.org:587")'
SENDER = 'not a sender (write "clausewatch <alerts@example.org>")'
DATABASE = 'write "postgresql://user:${PGPASSWORD}@db.example.org/clausewatch"'

TABLE: list[tuple[str, str, str]] = [
    # addresses of pages
    (
        "url-ftp",
        changed("https://example.org/privacy", "ftp://example.org/privacy"),
        f'5: {AT}url: "ftp://example.org/privacy" is no web address (write https://…)',
    ),
    (
        "url-bare",
        changed("https://example.org/privacy", "example.org/privacy"),
        f'5: {AT}url: "example.org/privacy" is no web address (write https://…)',
    ),
    (
        "url-user",
        changed("https://example.org/privacy", f"https://me:{CANARY}@example.org/privacy"),
        f'5: {AT}url: "https://…@example.org/privacy" holds a user name or password (take out all before the @)',
    ),
    (
        "url-query",
        changed("https://example.org/privacy", f"ftp://example.org/privacy?token={CANARY}"),
        f'5: {AT}url: "ftp://example.org/privacy" is no web address (write https://…)',
    ),
    (
        "url-backslash",
        changed('"https://example.org/privacy"', r"'http://127.0.0.1\@example.org/'"),
        f'5: {AT}url: "http://…@example.org/" holds a backslash (write / instead)',
    ),
    (
        "url-space",
        changed("https://example.org/privacy", "https://example.org/our privacy"),
        f'5: {AT}url: "https://example.org/our privacy" holds white space or a control character (take it out)',
    ),
    (
        "url-tab",
        changed("https://example.org/privacy", r"https://exam\tple.org/"),
        f'5: {AT}url: "https://exam\\tple.org/" holds white space or a control character (take it out)',
    ),
    (
        "url-hostless",
        changed("https://example.org/privacy", "https:///privacy"),
        f'5: {AT}url: "https:///privacy" names no host (write https://example.org/privacy)',
    ),
    (
        "url-bracket",
        changed("https://example.org/privacy", "https://[::1/privacy"),
        f"5: {AT}url: not a valid address (look at the host, the brackets and the port)",
    ),
    (
        "url-port",
        changed("https://example.org/privacy", f"https://me:{CANARY}/privacy"),
        f"5: {AT}url: not a valid address (look at the host, the brackets and the port)",
    ),
    (
        "url-secret",
        changed("https://example.org/privacy", "https://${HOST}/privacy"),
        f"5: {AT}url: the address of a page takes no secret (write a public address)",
    ),
    (
        "url-long",
        changed("https://example.org/privacy", "https://example.org/" + "a" * 2000),
        f"5: {AT}url: the address has 2020 characters (at most 2000)",
    ),
    (
        "url-number",
        changed('"https://example.org/privacy"', "5"),
        f'5: {AT}url: 5 is not a text (write "https://example.org/privacy")',
    ),
    # addresses of people and channels
    (
        "to-bare",
        target("privacy@example.org"),
        TO + '"privacy@example.org" has no schema (write "mailto:privacy@example.org")',
    ),
    ("to-word", target(CANARY), TO + NO_SCHEMA),
    ("to-phone", target("tel:+31600000000"), TO + NO_SCHEMA),
    ("mailto-two", target("mailto:a@example.org,b@example.org"), TO + NOT_ONE),
    ("mailto-name", target("mailto:A<a@example.org>"), TO + NOT_ONE),
    ("mailto-header", target("mailto:a@example.org?bcc=b@example.org"), TO + NOT_ONE),
    ("mailto-option", target("mailto:-oQ/tmp@example.org"), TO + NOT_ONE),
    ("mailto-slashes", target(f"mailto://me:{CANARY}@example.org"), TO + NOT_ONE),
    ("mailto-newline", target(r"mailto:a@example.org\nBcc: b@example.org"), TO + BLANK),
    ("mailto-upper", target("MAILTO:a@example.org"), TO + 'write "mailto:" in lower case'),
    ("console", target("console://x"), TO + 'the console has no address (write "console:")'),
    ("slack-literal", target(f"slack://{CANARY}/b/c"), TO + CHAT + '(write "slack://${SLACK_TOKENS}")'),
    ("slack-room", target("slack://T0123456789ABCDEFG/${B}/${C}"), TO + PART + '(write "slack://${SLACK_TOKENS}")'),
    ("slack-typo", target(f"slak://{CANARY}"), TO + CHAT + '(write "NAME://${NAME_TOKENS}"; did you mean "slack://"?)'),
    ("unknown-schema", target(f"{CANARY}://x"), TO + CHAT + '(write "NAME://${NAME_TOKENS}")'),
    ("bot-and-room", target(f"tgram://123456:{CANARY}/${{ROOM}}"), TO + PART + '(write "tgram://${TGRAM_TOKENS}")'),
    (
        "matrix-password",
        target(f"matrixs://me:{CANARY}@example.org/#${{ROOM}}"),
        TO + PART + '(write "matrixs://${MATRIXS_TOKENS}")',
    ),
    ("native-webhook", target(f"https://hooks.example.org/{CANARY}"), TO + CHAT + WEBHOOK),
    ("json-password", target(f"json://me:{CANARY}@example.org/hook"), TO + PLAIN),
    ("json-token-user", target(f"ntfy://{CANARY}@example.org/topic"), TO + PLAIN.replace("json", "ntfy")),
    ("json-query", target(f"jsons://example.org/hook?token={CANARY}"), TO + QUERY),
    ("json-header", target(f"jsons://example.org/hook?+X-Api-Key={CANARY}"), TO + QUERY),
    ("json-query-late", target(f"jsons://example.org/hook#x?accessToken={CANARY}"), TO + QUERY),
    ("json-port", target(f"json://example.org:{CANARY}/hook"), TO + NOT_VALID),
    ("json-hostless", target("json:///hook"), TO + 'names no host (write "json://host/path")'),
    ("dollar-open", target("slack://${SLACK"), TO + 'a "${" without its end (write "${NAME}")'),
    ("dollar-odd", target("slack://${SLACK TOKEN}/x"), TO + BLANK),
    (
        "dollar-dash",
        target("slack://${SLACK-TOKEN}"),
        TO + 'a ${…} that names no variable (write "${NAME}" with letters, digits and _)',
    ),
    (
        "to-text",
        GOOD + MAIL + f'[[subscriber]]\nname = "team"\nto = "slack://{CANARY}"\n',
        TO + 'a text is not a list (write ["…"])',
    ),
    ("to-number", GOOD + MAIL + '[[subscriber]]\nname = "team"\nto = [5]\n', TO + "a number is not a text " + MAILTO),
    (
        "to-empty",
        GOOD + MAIL + '[[subscriber]]\nname = "team"\nto = []\n',
        TO + 'is empty (write to = ["mailto:privacy@example.org"])',
    ),
    (
        "to-twice",
        GOOD + MAIL + '[[subscriber]]\nname = "team"\nto = ["console:", "console:"]\n',
        TO.replace("to:", "to, entry 2:") + "the same address twice (take one out)",
    ),
    (
        "mailto-without-mail",
        GOOD + '[[subscriber]]\nname = "team"\nto = ["mailto:a@example.org"]\n',
        TO.replace("12", "9") + 'mail needs a [mail] table (write [mail] with "url" and "from")',
    ),
    # the mail server and the store
    ("mail-password", mail(f"smtp://me:{CANARY}@mail.example.org"), f"8: mail: url: {SIGHT}({SMTP})"),
    ("mail-password-slash", mail(f"smtps://me:{CANARY}/x@mail.example.org"), f"8: mail: url: {SIGHT}({SMTP})"),
    ("mail-password-half", mail(f"smtp://me:${{A}}{CANARY}@mail.example.org"), f"8: mail: url: {SIGHT}({SMTP})"),
    (
        "mail-schema",
        mail(f"https://{CANARY}.example.org"),
        "8: mail: url: not a mail server (begin with smtp://, smtps://, smtp+insecure://)",
    ),
    ("mail-hostless", mail("smtp://"), f"8: mail: url: names no host ({SMTP})"),
    (
        "mail-query",
        mail(f"smtp://mail.example.org?password={CANARY}"),
        f"8: mail: url: holds more than user, host and port ({SMTP})",
    ),
    ("mail-port", mail(f"smtp://mail.example.org:{CANARY}"), f"8: mail: url: {NOT_VALID}"),
    (
        "mail-number",
        GOOD + '[mail]\nurl = 5\nfrom = "a@example.org"\n',
        "8: mail: url: a number is not a text " + SERVER,
    ),
    ("from", GOOD + MAIL.replace("alerts@", "alerts"), "9: mail: from: " + SENDER),
    ("from-two", GOOD + MAIL.replace("alerts@example.org", "a@example.org, b@example.org"), "9: mail: from: " + SENDER),
    ("from-header", GOOD + MAIL.replace("alerts@", r"x\r\nBcc: a@"), "9: mail: from: " + SENDER),
    ("store-password", f'store = "postgresql://me:{CANARY}@db/x"\n' + GOOD, f"1: store: {SIGHT}({DATABASE})"),
    (
        "store-query",
        f'store = "postgresql://db/x?password={CANARY}"\n' + GOOD,
        f"1: store: a secret stands here in plain sight in the part after the ? ({DATABASE})",
    ),
    (
        "store-schema",
        f'store = "mysql://{CANARY}@db/x"\n' + GOOD,
        '1: store: not a store (a path, or "postgresql://user:${PGPASSWORD}@db.example.org/clausewatch")',
    ),
    (
        "store-empty",
        'store = ""\n' + GOOD,
        '1: store: is empty or holds a control character (write store = "clausewatch.db")',
    ),
]


@pytest.mark.parametrize(("text", "fault"), [pytest.param(text, fault, id=name) for name, text, fault in TABLE])
def test_a_wrong_address_is_one_exact_line(tmp_path: Path, text: str, fault: str) -> None:
    """Place and remedy are told; the secret that stands in the address is not, in the line or behind it."""
    path = tmp_path / "sources.toml"
    assert faults_of(path, text) == [f"sources.toml:{fault}"]
    with pytest.raises(ConfigError) as caught:
        load(path)
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error!s}{error!r}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "address",
    [
        "console:",
        "mailto:privacy@example.org",
        "mailto:first.last+tag@mail.example.co.uk",
        "mailto:root@localhost",
        "mailto:${PRIVACY_TEAM}",
        "file:secrets/slack",
        "slack://${SLACK_TOKENS}",
        "slack://${A}/${B}/${C}/#privacy-and-security-team",
        "discord://123456789012345678/${DISCORD_TOKEN}",
        "matrixs://bot:${MATRIX_PASSWORD}@matrix.example.org/#room",
        "mmosts://chat.example.org:8443/${MATTERMOST_TOKEN}",
        "https://hooks.example.org/services/${HOOK}",
        "workflows://${HOST}:443/${WORKFLOW}/${SIGNATURE}/",
        "json://127.0.0.1:8080/hook",
        "jsons://bot:${PASSWORD}@example.org/hook?+Authorization=Bearer%20${TOKEN}&:team=privacy",
        "ntfys://ntfy.example.org/policy-changes",
        "ntfys://${NTFY_TOKEN}@ntfy.example.org/policy-changes",
        "slack://${file:secrets/slack token}".replace(" ", "-"),
    ],
)
def test_an_address_without_a_literal_secret_is_kept_as_written(tmp_path: Path, address: str) -> None:
    """What holds its secrets by name only passes, and the settings hold the template, unexpanded."""
    path = tmp_path / "sources.toml"
    path.write_text(target(address))
    (subscriber,) = load(path).subscribers
    assert [entry.template for entry in subscriber.targets] == [address]


@pytest.mark.parametrize(
    "address",
    [
        "smtp://mail.example.org",
        "smtp://localhost:25",
        "smtps://user@example.org:${SMTP_PASSWORD}@mail.example.org:465",
        "smtp+insecure://127.0.0.1:1025",
        "smtp://${SMTP_HOST}:${SMTP_PORT}",
        "smtp://user:${file:secrets/smtp}@mail.example.org/",
        "file:/run/secrets/smtp",
    ],
)
def test_a_mail_server_without_a_literal_password_is_kept_as_written(tmp_path: Path, address: str) -> None:
    """The template of the mail server stays a template."""
    path = tmp_path / "sources.toml"
    path.write_text(mail(address))
    assert load(path).mail_url == address


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("a@b", True),
        ("first.last+tag@mail-1.example.org", True),
        *((text, False) for text in ("", "a", "@b", "a@", "a..b@c", ".a@c", "a.@c", "-a@c", "a@b..c", "a@-b", "a@b.")),
        *((text, False) for text in ("a@b@c", "a b@c", "a@b\n", "a\0@b", "ä@b", "a@ä", "<a@b>", "a,b@c", '"a"@b')),
        ("a" * 64 + "@" + "b" * 60 + ".org", True),
        ("a@" + "b" * 64 + ".org", False),
        ("a@" + "b." * 130 + "org", False),
    ],
)
def test_one_plain_mail_address(address: str, sound: bool) -> None:
    """Exactly one address that no mail program takes for an option, a list, or a header."""
    assert is_mailbox(address) is sound
