from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import Error
from django.core.files.storage import FileSystemStorage


class _RenamedStorage(FileSystemStorage):
    """A storage whose public names stand for other paths below its location."""

    def path(self, name):
        return super().path(settings.NODE_MODULES_FILES[name])


class NodeModulesFinder(BaseFinder):
    """Serve a short list of files out of node_modules, under names of our choosing."""

    def __init__(self, *args, **kwargs):
        self.storage = _RenamedStorage(location=settings.NODE_MODULES_ROOT)

    def check(self, **kwargs):
        missing = [name for name in settings.NODE_MODULES_FILES if not self.storage.exists(name)]
        if not missing:
            return []
        return [
            Error(
                "front-end files are not installed: " + ", ".join(missing),
                hint="run: make setup",
                id="hajar.E010",
            )
        ]

    def find(self, path, find_all=False, **kwargs):
        if path not in settings.NODE_MODULES_FILES or not self.storage.exists(path):
            return []
        match = self.storage.path(path)
        return [match] if find_all else match

    def list(self, ignore_patterns):
        for name in settings.NODE_MODULES_FILES:
            yield name, self.storage
