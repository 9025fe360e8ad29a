"""What any Markdown format of any package needs: safe texts, cells, signatures, links, and what a page can show."""
