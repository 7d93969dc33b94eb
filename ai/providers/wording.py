"""A provider's failures in words for people: what happened, and what to do."""

from django.utils.translation import gettext as _

from ai.providers.contract import Reason


def words_of(reason: str) -> str:
    """A sentence or two in the active language; general words for a reason of another version."""
    return _words().get(reason, _("Something went wrong at the provider. Try again."))


def _words() -> dict[str, str]:
    return {
        Reason.KEY: _("The provider does not accept the key. Paste it again, or make a new one in the provider's console."),
        Reason.MODEL: _("The provider does not have this model, or the address leads elsewhere. Choose another model."),
        Reason.CREDIT: _("The account at the provider has no credit left. Add some in the provider's console."),
        Reason.RATE: _("The provider takes no more requests for the moment. They are tried again after a while."),
        Reason.BUSY: _("As many requests run at once as are allowed. Allow more at the provider, or wait."),
        Reason.DOWN: _("The provider cannot be reached, or answers with an error of its own. Check the address, or wait."),
        Reason.TIME: _("The provider did not answer in time. Choose a faster model, or try again."),
        Reason.ADDRESS: _("This address may not be called: it is not on the public internet, or not complete."),
        Reason.REQUEST: _("The provider does not understand the request. Choose another model."),
        Reason.TOO_LONG: _("The conversation is longer than the model can read. Choose a model that reads more."),
        Reason.TRUNCATED: _("The answer was cut off before its end. Choose another model."),
        Reason.REFUSED: _("The model refused to answer."),
        Reason.FILTERED: _("The provider's content filter stopped the answer."),
        Reason.MALFORMED: _("The answer did not have the shape that was asked for. Choose a more capable model."),
        Reason.INVENTED: _("The answer names data that nobody gave it, so it was thrown away."),
        Reason.TOO_LARGE: _("The answer was too large, so it was not read to its end."),
        Reason.STOPPED: _("It was stopped before the answer was complete."),
    }
