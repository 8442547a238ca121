"""Files people upload: sniffed, stripped of metadata, shown in web sizes."""
