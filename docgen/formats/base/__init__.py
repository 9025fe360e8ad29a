"""Parts for any Markdown format: safe text, table cells, signatures, links, and the projection onto a page."""
