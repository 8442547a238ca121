"""Static files under names that carry their content's hash, once they have been collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the library has no types
    """WhiteNoise's storage; without a collected set (tests, a first look) files keep their plain names."""

    def stored_name(self, name: str) -> str:
        """Return the hashed name of a static file, its own name when nothing was collected."""
        return str(super().stored_name(name)) if self.hashed_files else name

    def read_again(self) -> None:
        """Read anew which names the files have, after a collection that began when this storage was there already."""
        self.hashed_files, self.manifest_hash = self.load_manifest()
