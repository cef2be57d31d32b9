"""Topics as concepts of the W3C Data Privacy Vocabulary 2 (https://w3id.org/dpv), for exports."""

from __future__ import annotations

from storage.model import Topic

_DPV = "https://w3id.org/dpv#"
CONCEPTS: dict[Topic, str | None] = {
    Topic.SUBPROCESSORS: f"{_DPV}DataSubProcessor",
    Topic.AI: "https://w3id.org/dpv/ai#AISystem",
    Topic.DATA_COLLECTED: f"{_DPV}CollectedPersonalData",
    Topic.SENSITIVE_DATA: f"{_DPV}SpecialCategoryPersonalData",
    Topic.PURPOSES: f"{_DPV}Purpose",
    Topic.LEGAL_BASIS: f"{_DPV}LegalBasis",
    Topic.SHARING: f"{_DPV}Share",
    Topic.TRACKING: f"{_DPV}Tracking",
    Topic.RETENTION: f"{_DPV}StorageDuration",
    Topic.TRANSFERS: f"{_DPV}Transfer",
    Topic.SECURITY: f"{_DPV}TechnicalOrganisationalMeasure",
    Topic.RIGHTS: f"{_DPV}DataSubjectRight",
    Topic.CHILDREN: f"{_DPV}Child",
    Topic.CONTACT: f"{_DPV}DataController",
    Topic.POLICY_UPDATES: f"{_DPV}PrivacyNotice",
    Topic.LEGAL_TERMS: f"{_DPV}Contract",
    Topic.OTHER: None,
}


def concepts(topics: tuple[str, ...]) -> list[str]:
    """The concepts of these topics, each once; the user's own topics have none."""
    found = (CONCEPTS[Topic(topic)] for topic in topics if topic in CONCEPTS)
    return list(dict.fromkeys(iri for iri in found if iri))
