"""Following what goes on near one: an area, a street or a kind of trouble, in digests, feeds and a widget."""
