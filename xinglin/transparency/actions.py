"""The verbs: put an auditor on the list, take one off, and mail the day's checkpoint to them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.audit import queries as log
from xinglin.audit.models import Checkpoint
from xinglin.cities import current
from xinglin.lib.channels.mail import Mail, MailSender
from xinglin.lib.channels.sms import NotSent
from xinglin.lib.web.words import in_china
from xinglin.organisation import queries as organisation
from xinglin.transparency import letter, queries, rules
from xinglin.transparency.errors import AlreadyReceives, NoSuchRecipient, TooManyRecipients
from xinglin.transparency.models import Recipient

LONGEST_TROUBLE = 120


@transaction.atomic
def add_recipient(*, name: str, address: str, by: Any, at: dt.datetime) -> Recipient:
    """Let an office receive the checkpoint each day from now on."""
    organisation.demand(by, "name_auditors", organisation.root_unit())
    address = rules.address_of(address)
    if queries.recipients().count() >= rules.MOST_RECIPIENTS:
        raise TooManyRecipients(most=rules.MOST_RECIPIENTS)
    recipient = Recipient(
        name=name.strip(),
        address_sealed=vault().seal(address, purpose=queries.PURPOSE),
        address_blind=vault().blind(address, purpose=queries.PURPOSE),
        added_at=at,
        added_by=by,
    )
    try:
        with transaction.atomic():
            recipient.save(force_insert=True)
    except IntegrityError:
        raise AlreadyReceives from None
    audit.record(actor=by, verb="added_recipient", thing=f"recipient:{recipient.code}", at=at)
    return recipient


@transaction.atomic
def remove_recipient(*, code: str, by: Any, at: dt.datetime) -> None:
    """Send nothing more there; who has received what stays known."""
    organisation.demand(by, "name_auditors", organisation.root_unit())
    if not queries.recipients().filter(code=code).update(removed_at=at):
        raise NoSuchRecipient
    audit.record(actor=by, verb="removed_recipient", thing=f"recipient:{code}", at=at)


def mail_checkpoint(*, sender: MailSender, how: str, at: dt.datetime) -> tuple[int, int]:
    """Mail the newest checkpoint to each who has not got one today; returns how many went out and how many did not.

    Each is a transaction of its own: whom the mail reached is written down even if the next server does not answer.
    """
    checkpoint = log.latest()
    if checkpoint is None:
        return 0, 0
    sent = failed = 0
    for recipient in list(queries.recipients()):
        if rules.is_due(last_sent_at=recipient.last_sent_at, at=at):
            if _mail(recipient, checkpoint, sender=sender, how=how, at=at):
                sent += 1
            else:
                failed += 1
    if sent:
        facts = {"size": checkpoint.size, "sent": sent, "failed": failed}
        audit.record(actor=None, verb="mailed_checkpoint", thing=f"checkpoint:{checkpoint.size}", facts=facts, at=at)
    return sent, failed


@transaction.atomic
def _mail(recipient: Recipient, checkpoint: Checkpoint, *, sender: MailSender, how: str, at: dt.datetime) -> bool:
    """One mail; the row is locked, so that two workers send it once."""
    recipient = Recipient.objects.select_for_update().get(pk=recipient.pk)
    if recipient.removed_at or not rules.is_due(last_sent_at=recipient.last_sent_at, at=at):
        return False
    try:
        sender.send(_written(recipient, checkpoint, how=how, at=at))
    except NotSent as trouble:
        recipient.last_trouble = trouble.reason[:LONGEST_TROUBLE]
        recipient.save(update_fields=["last_trouble"])
        return False
    recipient.last_sent_at, recipient.last_size, recipient.last_trouble = at, checkpoint.size, ""
    recipient.save(update_fields=["last_sent_at", "last_size", "last_trouble"])
    return True


def _written(recipient: Recipient, checkpoint: Checkpoint, *, how: str, at: dt.datetime) -> Mail:
    city, old = current.demand(), recipient.last_size
    attachments = {"checkpoint.txt": checkpoint.note}
    if old:
        growth = log.consistency(log.of_size(old), checkpoint)
        attachments["consistency.json"] = json.dumps(growth, ensure_ascii=False, indent=1) + "\n"
    day = f"{in_china(at):%Y-%m-%d}"
    return Mail(
        key=f"{recipient.code}-{checkpoint.size}-{day}",
        to=queries.address_of(recipient),
        subject=_("%(city)s时间银行存证点 %(day)s") % {"city": city.name, "day": day},
        text=letter.mail_text(
            city=city.name, how=how, note=checkpoint.note, size=checkpoint.size, at=checkpoint.at, old=old
        ),
        attachments=attachments,
    )
