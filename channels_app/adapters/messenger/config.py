"""What a company sets for its Messenger inbox."""

from channels_app.adapters.meta.config import AccessForm


class ConfigForm(AccessForm):
    """The settings of a Messenger inbox: a page's access token, and the secret of the app that it is of."""
