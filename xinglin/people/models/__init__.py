"""Persons and volunteers, how they came in, what they agreed to, what they can do; one module per thought."""

from xinglin.people.models.asked import AskedTie
from xinglin.people.models.bulk import Bulk, BulkStep
from xinglin.people.models.care import Assistance, Guardianship, Practical, Wish
from xinglin.people.models.exams import Exam, Question
from xinglin.people.models.honours import Honour
from xinglin.people.models.households import Household, HouseholdMember
from xinglin.people.models.insurance import Insurance, Insured
from xinglin.people.models.interviews import Interview, InterviewSlot
from xinglin.people.models.joining import Agreement, Application, Consent, DocumentText
from xinglin.people.models.lists import SavedList
from xinglin.people.models.persons import Card, Membership, Person, Qualification, Volunteer
from xinglin.people.models.rights import DataCopy, Erasure, Merging
from xinglin.people.models.rosters import Roster, RosterFile, RosterPart
from xinglin.people.models.seeking import Sought
from xinglin.people.models.teams import Move
from xinglin.people.models.ties import Hardship, Relation
from xinglin.people.models.vetting import Gate, SealedFile, Submission

__all__ = [
    "Agreement",
    "Application",
    "AskedTie",
    "Assistance",
    "Bulk",
    "BulkStep",
    "Card",
    "Consent",
    "DataCopy",
    "DocumentText",
    "Erasure",
    "Exam",
    "Gate",
    "Guardianship",
    "Hardship",
    "Honour",
    "Household",
    "HouseholdMember",
    "Insurance",
    "Insured",
    "Interview",
    "InterviewSlot",
    "Membership",
    "Merging",
    "Move",
    "Person",
    "Practical",
    "Qualification",
    "Question",
    "Relation",
    "Roster",
    "RosterFile",
    "RosterPart",
    "SavedList",
    "SealedFile",
    "Sought",
    "Submission",
    "Volunteer",
    "Wish",
]
