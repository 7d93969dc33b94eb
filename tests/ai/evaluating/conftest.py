"""A shop with a knowledge base of articles, whose AI answers by itself, and short ways to measure it."""

import pytest

from accounts.models import Membership
from tests.ai.evaluating.measuring import Shop, open_shop
from tests.factories import make_member


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


@pytest.fixture
def owner(shop: Shop) -> Membership:
    return make_member(shop.workspace, "owner")


@pytest.fixture
def admin(shop: Shop) -> Membership:
    return make_member(shop.workspace, "admin")
