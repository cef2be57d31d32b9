"""The enums of the house. Their values are the ids that programs rely on; they never change their spelling."""

from __future__ import annotations

from enum import StrEnum


class DocumentType(StrEnum):
    """What kind of document a source is."""

    PRIVACY_POLICY = "privacy-policy"
    DPA = "dpa"
    SUBPROCESSORS = "subprocessors"
    COOKIES = "cookies"
    TERMS = "terms"
    SECURITY = "security"
    OTHER = "other"


class Topic(StrEnum):
    """What a clause is about; each maps to a concept of the W3C Data Privacy Vocabulary in exports."""

    SUBPROCESSORS = "subprocessors"
    AI = "ai"
    DATA_COLLECTED = "data-collected"
    SENSITIVE_DATA = "sensitive-data"
    PURPOSES = "purposes"
    LEGAL_BASIS = "legal-basis"
    SHARING = "sharing"
    TRACKING = "tracking"
    RETENTION = "retention"
    TRANSFERS = "transfers"
    SECURITY = "security"
    RIGHTS = "rights"
    CHILDREN = "children"
    CONTACT = "contact"
    POLICY_UPDATES = "policy-updates"
    LEGAL_TERMS = "legal-terms"
    OTHER = "other"


class Verdict(StrEnum):
    """What two captures are to each other."""

    SAME = "same"
    NOISE = "noise"
    EDITORIAL = "editorial"
    MATERIAL = "material"
    BLOCKED = "blocked"


class Severity(StrEnum):
    """How much a change weighs for the customer; `rank` orders them, gravest highest."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """3 for high down to 0 for info."""
        return {"high": 3, "medium": 2, "low": 1, "info": 0}[self.value]


class Direction(StrEnum):
    """Whether a change is worse or better for the customer."""

    WORSE = "worse"
    BETTER = "better"
    NEUTRAL = "neutral"


class ChangeKind(StrEnum):
    """What happened to a clause."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    MOVED = "moved"


class Outcome(StrEnum):
    """What one check of one source came to."""

    FIRST = "first"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not-modified"
    BLOCKED = "blocked"
    SUSPECT = "suspect"
    FAILED = "failed"

    @property
    def good(self) -> bool:
        """True when the document itself was seen (or the server vouched that it is unchanged)."""
        return self in {Outcome.FIRST, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED}


class Reason(StrEnum):
    """Why a capture is not the document, or why it could not be had. The first nine are the gate's (contracts)."""

    ERROR_PAGE = "error-page"
    BOT_WALL = "bot-wall"
    LOGIN = "login"
    COOKIE_WALL = "cookie-wall"
    MAINTENANCE = "maintenance"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    OTHER_LANGUAGE = "other-language"
    OTHER_DOCUMENT = "other-document"
    UNCONFIRMED = "unconfirmed"
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    RESET = "reset"
    TLS = "tls"
    PROTOCOL = "protocol"
    REDIRECT = "redirect"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    BLOCKED_SCHEME = "blocked-scheme"
    BLOCKED_ADDRESS = "blocked-address"
    HTTP_STATUS = "http-status"
    RATE_LIMITED = "rate-limited"
    GONE = "gone"
    ROBOTS = "robots-disallowed"
    SELECTOR_MISSING = "selector-missing"
    EXTRACT_FAILED = "extract-failed"
    BROWSER = "browser"
    INTERNAL = "internal"


class RobotsAnswer(StrEnum):
    """What asking an origin for its robots.txt came to (RFC 9309, 2.3.1)."""

    RULES = "rules"
    NONE = "none"
    UNREACHABLE = "unreachable"


class Cause(StrEnum):
    """Why a version exists. A re-extracted one is our own upgrade and never alerts."""

    FIRST = "first"
    CHANGED = "changed"
    RE_EXTRACTED = "re-extracted"


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    DEFINITION = "definition"


class FactType(StrEnum):
    """What a fact states; `FACT_FIELDS` lists the typed fields of each."""

    RETENTION = "retention"
    RECIPIENT = "recipient"
    TRANSFER = "transfer"
    AI = "ai"
    CONTACT = "contact"
    RIGHT = "right"
    LEGAL_BASIS = "legal-basis"
    SECURITY = "security"
    NOTICE_PERIOD = "notice-period"
    AUTHORITY = "authority"
    GOVERNING_LAW = "governing-law"
    DATA_CATEGORY = "data-category"


FACT_FIELDS: dict[FactType, tuple[str, ...]] = {
    FactType.RETENTION: ("subject", "period"),
    FactType.RECIPIENT: ("name", "role", "location", "purpose"),
    FactType.TRANSFER: ("mechanism", "destination"),
    FactType.AI: ("statement",),
    FactType.CONTACT: ("role", "name", "email", "phone"),
    FactType.RIGHT: ("id",),
    FactType.LEGAL_BASIS: ("basis", "purpose", "article"),
    FactType.SECURITY: ("measure",),
    FactType.NOTICE_PERIOD: ("of", "period", "days"),
    FactType.AUTHORITY: ("name",),
    FactType.GOVERNING_LAW: ("name",),
    FactType.DATA_CATEGORY: ("name",),
}


class Cadence(StrEnum):
    """How often a subscriber wants to hear."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


class Attachment(StrEnum):
    """What a mail carries along on request."""

    DIFF = "diff"
    CALENDAR = "calendar"


class DeliveryState(StrEnum):
    """Where one alert to one target stands.

    `dead` was given up, `dropped` was taken out by a person or the configuration.
    """

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class NoticeKind(StrEnum):
    """What a notice tells: of the work itself (for the operator), or of a page as a whole (for subscribers too)."""

    FAILING = "failing"
    STILL_FAILING = "still-failing"
    RECOVERED = "recovered"
    MOVED = "moved"
    UNDELIVERED = "undelivered"
    PAGE_REMOVED = "page-removed"
    PAGE_BACK = "page-back"
    PROOF = "proof"
