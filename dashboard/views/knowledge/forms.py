"""The forms of the knowledge's settings."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from knowledge.languages import CHOICES
from knowledge.models import HelpCentre

#: Icons of a category: names in the product's one set.
ICONS = (
    "book-open", "package", "truck", "undo-2", "credit-card", "receipt", "user-round", "settings", "shield-check", "wrench",
    "sparkles", "store", "gift", "droplets", "leaf", "calendar", "map-pin", "smartphone", "globe", "message-circle",
    "circle-question-mark", "rocket", "heart", "lightbulb",
)  # fmt: skip
_COLOR = re.compile(r"#[0-9a-f]{6}")


class CategoryForm(forms.Form):
    """A category's icon and, by language, its words: the fields are `name_<code>` and `description_<code>`."""

    icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=[(name, name) for name in ICONS], initial="book-open")

    def __init__(self, data: Any = None, *, languages: list[str], words: dict[str, dict[str, str]] | None = None) -> None:
        super().__init__(data)
        self.languages, names, known = languages, dict(CHOICES), words or {}
        for place, code in enumerate(languages):
            own = known.get(code, {})
            suffix = f" ({names.get(code, code)})" if len(languages) > 1 else ""
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name") + suffix, max_length=60, required=place == 0, initial=own.get("name", "")
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=_("Description") + suffix, max_length=140, required=False, initial=own.get("description", "")
            )

    def words(self) -> dict[str, dict[str, str]]:
        """What was written, by language; languages without a name are left out."""
        found = {}
        for code in self.languages:
            name = self.cleaned_data[f"name_{code}"].strip()
            if name:
                found[code] = {"name": name, "description": self.cleaned_data[f"description_{code}"].strip()}
        return found


class CentreForm(forms.Form):
    """How the help centre looks, and where it is found."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        min_length=3,
        max_length=60,
        help_text=gettext_lazy("The last part of its address with us."),
    )
    color = forms.CharField(
        label=gettext_lazy("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("We darken or lighten it where text would be hard to read."),
    )
    default_language = forms.ChoiceField(label=gettext_lazy("First language"), choices=CHOICES)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A language appears once it has an article."),
    )
    headline = forms.CharField(label=gettext_lazy("Headline"), max_length=80, required=False)
    intro = forms.CharField(label=gettext_lazy("Introduction"), max_length=160, required=False)
    review_months = forms.IntegerField(
        label=gettext_lazy("Read articles again after (months)"),
        min_value=1,
        max_value=36,
        help_text=gettext_lazy("Articles that nobody has confirmed for longer are marked in the list."),
    )
    is_indexed = forms.BooleanField(
        label=gettext_lazy("Search engines may list it"),
        required=False,
    )

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean_color(self) -> str:
        color = str(self.cleaned_data["color"]).lower()
        if not _COLOR.fullmatch(color):
            raise forms.ValidationError(_("A colour looks like #0f766e."))
        return color

    @staticmethod
    def initial_of(centre: HelpCentre) -> dict[str, Any]:
        words = centre.words_in(centre.default_language)
        return {
            "name": centre.name,
            "slug": centre.slug,
            "color": centre.color,
            "default_language": centre.default_language,
            "languages": centre.languages,
            "headline": words.get("headline", ""),
            "intro": words.get("intro", ""),
            "review_months": centre.review_months,
            "is_indexed": centre.is_indexed,
        }


class DomainForm(forms.Form):
    """A domain of the company's own."""

    domain = forms.CharField(label=gettext_lazy("Domain"), max_length=253, required=False)

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).strip().lower().removeprefix("https://").removeprefix("http://").strip("/.")
        if domain and not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", domain):
            raise forms.ValidationError(_("Write only the domain, such as help.example.com."))
        return domain
