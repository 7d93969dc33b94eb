"""The page that shows every component of the design system to those who build with it; not routed in production."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", max_length=80)
    email = forms.EmailField(label="E-mail address", required=False, help_text="We only write to confirm the address.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    role = forms.ChoiceField(label="Role", choices=[("agent", "Agent"), ("admin", "Admin")])
    greeting = forms.CharField(label="Greeting", widget=forms.Textarea, required=False)
    terms = forms.BooleanField(label="I have read the terms", help_text="They fit on one page.")


ROWS = [
    ("Ana María Ruiz", "website", "Hola, ¿el esmalte verde es apto para lavavajillas?", 0, True, "chip-bad", "Urgent"),
    ("Oluwaseun Adeyemi", "whatsapp", "You: Your parcel left Porto this morning.", 4, False, "chip-accent", "AI"),
    ("Léa Fontaine", "instagram", "Photo", 47, True, "", ""),
    (
        "Nguyễn Thị Minh Khai",
        "email",
        "Re: Invoice 2041 — could you send it with our VAT number, please?",
        190,
        False,
        "chip-warn",
        "12 min left",
    ),
    ("João Pedro Albuquerque de Sá", "telegram", "Obrigado!", 60 * 26, False, "", ""),
    ("+351 912 000 131", "sms", "Yes please", 60 * 24 * 40, False, "chip-note", "Snoozed"),
]


def styleguide(request: HttpRequest) -> HttpResponse:
    """Render the style guide; ``?errors=1`` shows the form with its errors."""
    now = timezone.now()
    rows = [
        {"name": n, "channel": c, "preview": p, "at": now - dt.timedelta(minutes=m), "unread": u, "chip": k, "words": w}
        for n, c, p, m, u, k, w in ROWS
    ]
    form = SampleForm({"email": "ana@"} if request.GET.get("errors") else None)
    neutrals = [f"n{step}" for step in range(1, 13)]
    colours = ["accent", "accent-tint", "good", "good-tint", "warn", "warn-tint", "bad", "bad-tint", "note", "note-tint"]
    context = {"rows": rows, "form": form, "neutrals": neutrals, "colours": colours, "theme": request.GET.get("theme", "system")}
    return render(request, "styleguide.html", context)
