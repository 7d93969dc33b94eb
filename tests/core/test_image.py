"""What a server's image is made of: the files that its context lets in, and static files under names made of their content."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.template import engines

from chatzee.embedded.folders import REPOSITORY
from core.staticfiles import Storage


def test_every_folder_that_the_settings_name_is_in_the_image() -> None:
    let_in = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    folders = [Path(config.path) for config in apps.get_app_configs()]
    folders += [Path(folder) for engine in engines.all() for folder in engine.dirs]
    folders += [Path(folder) for folder in [*settings.STATICFILES_DIRS, *settings.LOCALE_PATHS]]
    ours = {
        folder.relative_to(REPOSITORY).parts[0]
        for folder in folders
        if folder.is_relative_to(REPOSITORY) and ".venv" not in folder.parts
    }
    assert ours - let_in == set()
    assert let_in - ours == {"chatzee", "manage.py", "requirements.txt"}


class _Uncompressed(ManifestStaticFilesStorage):
    """As on a server, but for the compression, which takes 20 s."""

    support_js_module_import_aggregation = Storage.support_js_module_import_aggregation


def test_every_static_file_has_a_name_made_of_its_content(tmp_path: Path) -> None:
    storage = _Uncompressed(location=str(tmp_path), base_url="/static/")
    paths = {path: (found, path) for finder in get_finders() for path, found in finder.list([])}
    assert len(paths) > 50
    for path, (found, _) in paths.items():
        with found.open(path) as file:
            storage.save(path, file)
    outcome = list(storage.post_process({path: (storage, path) for path in paths}))
    # Modules that import each other in a ring never come to rest.
    assert {name: error for name, _, error in outcome if isinstance(error, Exception)} == {}
    assert storage.hashed_files.keys() == paths.keys()
