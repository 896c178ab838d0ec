from whitenoise.storage import CompressedManifestStaticFilesStorage


def _is_source_map(pattern):
    return "sourceMappingURL" in (pattern if isinstance(pattern, str) else pattern[0])


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Static files under hashed names. Source maps of packages are neither served nor looked for."""

    patterns = tuple(
        (glob, tuple(pattern for pattern in patterns if not _is_source_map(pattern)))
        for glob, patterns in CompressedManifestStaticFilesStorage.patterns
    )
