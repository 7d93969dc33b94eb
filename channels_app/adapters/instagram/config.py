"""What a company sets for its Instagram inbox."""

from channels_app.adapters.meta.config import AccessForm
from chatzee.env import env


class ConfigForm(AccessForm):
    """The settings of an Instagram inbox: an access token of either kind, and the secret of the app that it is of."""

    def _has_operators_app(self) -> bool:
        return bool(env.meta_app_id or env.instagram_app_id)
