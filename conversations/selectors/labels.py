"""Reads of labels."""

from django.db.models import Count, QuerySet

from conversations.models import Label


def labels_with_counts() -> QuerySet[Label]:
    """The workspace's labels with `used`: on how many conversations each stands."""
    return Label.objects.annotate(used=Count("links"))
