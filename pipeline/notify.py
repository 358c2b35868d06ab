"""Telling people who are not at the screen: WeCom, DingTalk, Feishu or mail, through apprise, where configured.

An address holds a secret: it is never written down, printed or put into an error. A message that does not
arrive is a line in the log, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.errors import RunError
from pipeline.log import guarded

if TYPE_CHECKING:
    from pydantic import SecretStr

log = logging.getLogger(__name__)


def send(addresses: Sequence[SecretStr], sender: str, title: str, body: str) -> int:
    """Send a message from `sender` to every one of `addresses` (apprise URLs); returns how many it reached."""
    reached = 0
    for number, address in enumerate(addresses, 1):
        try:
            arrived = guarded(_sent)(address, sender, title, body)
        # The place of the error is in the log by then, without its message, which may quote the address.
        except RunError:
            arrived = False
        if not arrived:
            log.warning("通知没有送达：第 %d 个地址", number)
        reached += arrived
    return reached


def _sent(address: SecretStr, sender: str, title: str, body: str) -> bool:
    import apprise

    # Its own lines would go to standard error, some with the host and the path of an address.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    # The id goes into an HTTP header, which takes no Chinese.
    asset = apprise.AppriseAsset(app_id="consortium", app_desc=sender, app_url="", async_mode=False)
    post = apprise.Apprise(asset=asset)
    return bool(post.add(address.get_secret_value()) and post.notify(body, title=title))
