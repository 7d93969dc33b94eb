"""Static files under names that change with their content, ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our modules, so that a browser never mixes two releases."""

    support_js_module_import_aggregation = True
