"""The shelves of the help centre."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core.audit import Actor, record
from knowledge.models import Category
from knowledge.services.centres import next_number, touch_centre


@transaction.atomic
def add_category(words: dict[str, dict[str, str]], *, icon: str, actor: Actor) -> Category:
    """A new shelf, the last one. `words`: name and description by language."""
    last = Category.objects.aggregate(last=Max("place"))["last"]
    category = Category(number=next_number(), words=words, icon=icon, place=0 if last is None else last + 1)
    category.save(force_insert=True)
    touch_centre()
    record("category.saved", actor=actor, target=category)
    return category


@transaction.atomic
def change_category(category: Category, *, words: dict[str, dict[str, str]], icon: str, actor: Actor) -> None:
    """Change what a shelf is called and how it looks."""
    category.words, category.icon = words, icon
    category.save(update_fields=["words", "icon"])
    touch_centre()
    record("category.saved", actor=actor, target=category)


@transaction.atomic
def delete_category(category: Category, *, actor: Actor) -> None:
    """Take a shelf away; its articles stay, on none."""
    record("category.deleted", actor=actor, target=category)
    category.delete()
    touch_centre()


@transaction.atomic
def order_categories(ids: Sequence[UUID]) -> None:
    """Put the shelves into this order; those not named follow."""
    known = {one.pk: one for one in Category.objects.select_for_update(no_key=True)}
    order = [known.pop(one) for one in ids if one in known] + sorted(known.values(), key=lambda one: one.place)
    for place, category in enumerate(order):
        category.place = place
        category.save(update_fields=["place"])
    touch_centre()
