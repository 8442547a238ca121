"""Council offices: whose constituents they file for, and the report they get of their district every Monday."""
