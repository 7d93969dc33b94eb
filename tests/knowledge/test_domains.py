"""A company's own domain: served once it is proven, and no longer than that."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Workspace
from channels_app.adapters.email.authenticity.resolving import Answer, NoAnswerError
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import HelpCentre
from knowledge.selectors.centre import slug_of_domain
from knowledge.services.centres import ensure_centre, open_to_public
from knowledge.services.domains import check_domain, domains_due, record_of, set_domain
from tests.factories import make_workspace

DOMAIN = "help.shop.example"


class Dns:
    """Name servers that say what they are told."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.is_away = False

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        if self.is_away:
            raise NoAnswerError(kind)
        return [self.texts[name]] if name in self.texts else []


def named(workspace: Workspace) -> HelpCentre:
    with scope(workspace.pk):
        centre = ensure_centre()
        open_to_public(centre, is_open=True, actor=Actor.system())
        set_domain(centre, DOMAIN, actor=Actor.system())
        return centre


def proof(centre: HelpCentre) -> Dns:
    wanted = record_of(centre)
    return Dns(**{wanted.proof_name: wanted.proof_value})


def test_domain_is_served_once_it_is_proven(company: Workspace) -> None:
    centre = named(company)
    assert domains_due() == [company.pk]
    assert not check_domain(company.pk, resolver=Dns())
    assert slug_of_domain(DOMAIN) is None
    assert check_domain(company.pk, resolver=proof(centre))
    assert slug_of_domain(DOMAIN) == centre.slug
    assert domains_due() == []


def test_domain_without_its_proof_is_dropped_after_days_and_not_for_a_silent_server(company: Workspace) -> None:
    centre = named(company)
    check_domain(company.pk, resolver=proof(centre))
    silent = Dns()
    silent.is_away = True
    for days, resolver, is_served in ((2, Dns(), True), (10, silent, True), (10, Dns(), False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            check_domain(company.pk, resolver=resolver)
        assert (slug_of_domain(DOMAIN) is not None) == is_served, days


@pytest.mark.django_db(transaction=True)
def test_domain_of_another_company_is_not_taken_over(company: Workspace) -> None:
    centre = named(company)
    check_domain(company.pk, resolver=proof(centre))
    other = make_workspace("Casa Verde")
    assert not check_domain(other.pk, resolver=Dns())
    assert not check_domain(other.pk, resolver=proof(named(other)))
    assert slug_of_domain(DOMAIN) == centre.slug
