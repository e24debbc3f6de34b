"""Persons and volunteers, how they came in, what they agreed to, what they can do; one module per thought."""

from xinglin.people.models.joining import Agreement, Application, Consent, DocumentText
from xinglin.people.models.persons import Card, Membership, Person, Qualification, Volunteer
from xinglin.people.models.ties import Hardship, Relation
from xinglin.people.models.vetting import Gate

__all__ = [
    "Agreement",
    "Application",
    "Card",
    "Consent",
    "DocumentText",
    "Gate",
    "Hardship",
    "Membership",
    "Person",
    "Qualification",
    "Relation",
    "Volunteer",
]
