"""Search in knowledge bases: what is published is indexed in the same commit, and found by who may read it.

search.index(unit, scope, Entry(...))      when a version is published, in place of the one before it
search.drop(unit, scope, base_id, article_id, language)      when it no longer is; without a language: in all
search.admit(unit, scope, base_id, article_id, access)       when other readers may read it
search.find(reader, scope, base_id, language, q, access, limit, after)
"""

from pocketdesk.knowledge.search.finding import find
from pocketdesk.knowledge.search.indexing import Entry, admit, drop, index
from pocketdesk.knowledge.search.meaning import Vector
from pocketdesk.knowledge.search.results import Found, Hit, Stretch

__all__ = ["Entry", "Found", "Hit", "Stretch", "Vector", "admit", "drop", "find", "index"]
