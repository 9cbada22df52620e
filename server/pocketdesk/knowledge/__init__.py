"""Knowledge bases: categories, articles in their languages, drafts, versions, search."""
