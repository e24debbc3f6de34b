"""What happens by the clock: each day's checkpoint goes to those who keep it."""

from __future__ import annotations

import logging

from xinglin.cities import current, jobs
from xinglin.lib import clock
from xinglin.notices import sending as outbox
from xinglin.transparency import actions, sending

logger = logging.getLogger(__name__)


@jobs.periodic(cron="10 * * * *", name="transparency.mail_checkpoint")
def mail_checkpoint(timestamp: int) -> int:
    """Each hour from nine on: whoever has not got today's checkpoint yet gets it."""
    sender = outbox.mail_sender()
    if sender is None:
        return 0
    sent, failed = actions.mail_checkpoint(sender=sender, how=sending.address_of_the_page(), at=clock.now())
    if failed:
        logger.error("the checkpoint of %s did not reach %s of its recipients", current.slug(), failed)
    return sent
