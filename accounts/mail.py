"""The mails of accounts: text and HTML from one pair of templates, in the reader's language."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from chatzee.env import env


def send(template: str, *, to: str, language: str, **context: Any) -> None:
    """Send `accounts/mail/<template>`; the first line of its text is the subject. Raises when the mail server is away."""
    with translation.override(language or "en"):
        text = render_to_string(f"accounts/mail/{template}.txt", {**context, "site": env.public_url})
        subject, _line, body = text.strip().partition("\n")
        html = render_to_string(
            "accounts/mail/frame.html",
            {"subject": subject, "paragraphs": paragraphs(body), "site": env.public_url, "language": language or "en"},
        )
    message = EmailMultiAlternatives(subject=subject.strip(), body=body.strip() + "\n", to=[to])
    message.attach_alternative(html, "text/html")
    message.send()


def paragraphs(body: str) -> list[dict[str, str]]:
    """The blocks of a text mail; one that is an address of ours becomes a button, named by the line before it."""
    found: list[dict[str, str]] = []
    for block in body.strip().split("\n\n"):
        lines = [line.strip() for line in block.strip().splitlines()]
        if len(lines) == 2 and lines[1].startswith(env.public_url):
            found.append({"label": lines[0].rstrip(":"), "url": lines[1]})
        elif lines != [""]:
            found.append({"text": " ".join(lines)})
    return found
