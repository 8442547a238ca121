"""Static files under names that carry their content's hash, once they have been collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the library has no types
    """WhiteNoise's storage; without a collected set (tests, a first look) files keep their plain names."""

    def stored_name(self, name: str) -> str:
        """Return the hashed name of a static file, its own name when nothing was collected."""
        return str(super().stored_name(name)) if self.hashed_files else name
