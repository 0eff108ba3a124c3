"""Sends a message to a channel of Slack by its webhook. Knows no person and no occasion.

Source: https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/block-kit/blocks#section, and
https://api.slack.com/reference/surfaces/formatting for what is escaped.
"""

import httpx

# A Slack that does not answer keeps nobody waiting longer.
SLACK_WAIT_S = 10.0
# Characters of a section.
SECTION_MAX = 3000


class SlackFailed(Exception):
    """The message was not sent; the text says why, for the operator, and never the address: it is a secret."""


def message(title: str, text: str, link: str) -> dict[str, object]:
    """A webhook's JSON. What people typed is plain text: it links nowhere and calls nobody."""
    sections = [title, text, link]
    return {
        # What a notification shows, in Slack's markup: escaped.
        "text": title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": section[:SECTION_MAX], "emoji": False}}
            for section in sections
        ],
    }


async def send_slack(url: str, title: str, text: str, link: str) -> None:
    """Posts a message. Raises SlackFailed."""
    try:
        async with httpx.AsyncClient(timeout=SLACK_WAIT_S, trust_env=False) as client:
            answer = await client.post(url, json=message(title, text, link))
    except (httpx.HTTPError, httpx.InvalidURL) as failed:
        raise SlackFailed(type(failed).__name__) from None
    if answer.status_code != httpx.codes.OK:
        raise SlackFailed(f"it answered {answer.status_code}")
