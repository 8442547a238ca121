"""Where the website's editor keeps its files: in the blob store, images made anew like any other upload."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.urls import reverse
from django.utils import timezone
from django.utils.deconstruct import deconstructible

from cityhall.apps.documents.contracts import Kind
from cityhall.apps.documents.rules import pictures, sniffing
from cityhall.apps.documents.services.mends import limits, refusal
from cityhall.kernel import clock, ports

PREFIX = "cms/"
SHOWN = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
LONGEST = 4096
_FORMS = {"JPEG": ("JPEG", "jpg"), "HEIC": ("JPEG", "jpg"), "PNG": ("PNG", "png"), "WebP": ("WEBP", "webp")}
_ODD = re.compile(r"[^a-z0-9._-]+")


def clean_image(data: bytes, filename: str) -> tuple[bytes, str]:
    """Return a picture without metadata, upright and in sRGB, and its name with the extension that now fits.

    A picture that is nothing but pixels already is returned as it came, so that it is not encoded twice.

    Raises:
        Invalid: field "file": it is no picture the room takes.
    """
    try:
        found = sniffing.sniff(data)
        sniffing.check_name(filename, found)
        if found.kind is not Kind.IMAGE:
            raise sniffing.Unfit("not_photo")
        sniffing.check_whole(data, found)
        if sniffing.is_bare(data, found):
            return data, filename
        picture = pictures.read(
            data,
            found,
            most_pixels=limits().pixels,
            longest=LONGEST,
            zone=timezone.get_current_timezone(),
            now=clock.now(),
            alpha=found.name in {"PNG", "WebP"},
        )
    except sniffing.Unfit as unfit:
        raise refusal(unfit.code, field="file") from unfit
    form, extension = _FORMS[found.name]
    path = PurePosixPath(filename)
    kept = path.suffix.lstrip(".").lower() in found.extensions and found is not sniffing.HEIC
    encoded = pictures.encode(picture.pixels, longest=LONGEST, form=form, quality=90)
    return encoded.data, filename if kept else str(path.with_suffix(f".{extension}"))


def shown(name: str) -> str | None:
    """Return the media type a file of the website is shown with; None for one that has no address of its own.

    Downloads have none: the website serves them itself, after asking who may see them.
    """
    if name.startswith("documents/"):
        return None
    return SHOWN.get(PurePosixPath(name).suffix.lstrip("."))


@deconstructible(path="cityhall.apps.documents.public.CleanStorage")
class CleanStorage(Storage):
    """A Django storage on the blob store. Pictures are cleaned on their way in, whatever they are called."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("stored files are never changed in place")
        return File(ports.blob_store.get().open(PREFIX + name), name=name)

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        data = cast(bytes, content.read())
        if _looks_like_picture(data, name):
            data, name = clean_image(data, name)
        name = self.get_available_name(_tidy(name))
        ports.blob_store.get().put(PREFIX + name, data)
        return name

    def get_valid_name(self, name: str) -> str:
        """Return a name made of what blob keys allow."""
        return _tidy(name)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Return another name, in lower case as blob keys are."""
        return super().get_alternative_name(file_root, file_ext).lower()

    def exists(self, name: str) -> bool:
        """Say whether there is a file called `name`."""
        try:
            ports.blob_store.get().size(PREFIX + name)
        except (FileNotFoundError, ValueError):
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        ports.blob_store.get().delete(PREFIX + name)

    def size(self, name: str) -> int:
        """Return a file's size in bytes."""
        return ports.blob_store.get().size(PREFIX + name)

    def url(self, name: str | None) -> str:
        """Return a picture's path. Raises NotImplementedError for downloads, which the website serves itself."""
        if not name or shown(name) is None:
            raise NotImplementedError("this file has no address of its own")
        return reverse("cms-file", args=[name])


def cleaned_file(upload: Any, filename: str) -> ContentFile[bytes]:
    """Return `clean_image` of an open file as a Django file, for a model that measures it before saving it."""
    upload.seek(0)
    data, name = clean_image(upload.read(), filename)
    return ContentFile(data, name=name)


def _looks_like_picture(data: bytes, name: str) -> bool:
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension in SHOWN or extension in sniffing.HEIC.extensions or extension in {"gif", "svg", "avif"}:
        return True
    try:
        return sniffing.sniff(data).kind is Kind.IMAGE
    except sniffing.Unfit:
        return False


def _tidy(name: str) -> str:
    parts = (_ODD.sub("-", part.lower()).lstrip(".") for part in PurePosixPath(name.replace("\\", "/")).parts)
    return "/".join(part for part in parts if part and part != "-") or "file"
