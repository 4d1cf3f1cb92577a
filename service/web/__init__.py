"""The frame of all pages: layout, access, errors, languages."""
