"""Large knowledge bases: an index of their own in the memory of each process, where the database would be too slow.

It is made from the rows of the documents and follows them by the number of their last change. Only an index that has
seen exactly what the reader's snapshot has seen answers; until it has caught up (a second later), the database does. So
no process ever finds what is gone, and none has to tell another anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pocketdesk.knowledge.search.keeping import keep
from pocketdesk.storage import Engine, Reader, words
from pocketdesk.storage.words import Group, Match, Part, Query, Standing

if TYPE_CHECKING:
    import tantivy

LARGE = 20_000
"""Documents above which a knowledge base is large."""
EVERY_S = 0.5
_HEAP = 64 * 2**20
_PAGE = 500
_BOOSTS = {"title": 4.0, "tags": 3.0, "subtitle": 2.0, "body": 1.0}


@dataclass(frozen=True, slots=True)
class _State:
    change: int
    searcher: "tantivy.Searcher"


class LargeIndex:
    """The index of one knowledge base, as far as one change."""

    def __init__(self, stamp: int) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        # As text: deleting by a number finds nothing.
        builder.add_text_field("id", tokenizer_name="raw")
        for name in ("subject_id", "version"):
            builder.add_unsigned_field(name, stored=True)
        builder.add_text_field("language", stored=True, tokenizer_name="raw")
        for name in ("scope", *_BOOSTS):
            builder.add_text_field(name, tokenizer_name="tokens", index_option="freq")
        self.stamp = stamp
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("tokens", analyzer)
        self._writer = self._index.writer(_HEAP, 1)
        self._state = _State(0, self._index.searcher())

    @property
    def change(self) -> int:
        """The number of the last change that it has seen."""
        return self._state.change

    def follow(self, reader: Reader, account_id: int, collection_id: int, until: int) -> None:
        """Takes in what has changed up to a change."""
        import tantivy

        after = self._state.change
        for change, document_id in words.removals(reader, account_id, collection_id, after):
            if change <= until:
                self._writer.delete_documents_by_term("id", str(document_id))
        while changed := words.changes(reader, account_id, collection_id, after, _PAGE):
            for each in changed:
                self._writer.delete_documents_by_term("id", str(each.id))
                document = tantivy.Document()
                document.add_text("id", str(each.id))
                document.add_unsigned("subject_id", each.subject_id)
                document.add_unsigned("version", each.version)
                document.add_text("language", each.language)
                for name, text in each.fields.items():
                    document.add_text(name, text)
                self._writer.add_document(document)
            after = changed[-1].change
        self._writer.commit()  # lint: allow commit because this index is no database
        self._index.reload()
        self._state = _State(until, self._index.searcher())

    def at(self, standing: Standing) -> "LargeFinder | None":
        """What finds in it, if it has seen all changes and no more."""
        state = self._state
        if (self.stamp, state.change) != (standing.stamp, standing.change):
            return None
        return LargeFinder(state.searcher, self._schema)


@dataclass(frozen=True, slots=True)
class LargeFinder:
    """Answers the questions that the database would."""

    searcher: "tantivy.Searcher"
    schema: "tantivy.Schema"

    def find(self, query: Query, limit: int, skip: int = 0) -> list[Match]:
        """The best documents, best first."""
        if limit < 1:
            return []
        result = self.searcher.search(self._query(query), limit, offset=skip, count=False)
        return [self._match(score, address) for score, address in result.hits]

    def count(self, query: Query, most: int) -> int:
        """How many documents there are; no further than `most`."""
        # Its type stubs do not know of the count.
        result: Any = self.searcher.search(self._query(query), 1)
        return min(most, int(result.count))

    def _match(self, score: Any, address: "tantivy.DocAddress") -> Match:
        fields: Mapping[str, list[Any]] = self.searcher.doc(address).to_dict()
        return Match(fields["subject_id"][0], fields["language"][0], fields["version"][0], float(score))

    def _query(self, query: Query) -> "tantivy.Query":
        return self._any(map(partial(self._part, every=query.every), query.parts))

    def _part(self, part: Part, *, every: bool) -> "tantivy.Query":
        import tantivy

        groups = list(map(self._group, part.groups))
        scopes = tantivy.Query.const_score_query(self._any(map(self._scope, part.scopes)), 0.0)
        wanted = self._all(groups) if every else self._any(groups)
        clauses = [(tantivy.Occur.Must, scopes), (tantivy.Occur.Must, wanted)]
        if part.without:
            clauses.append((tantivy.Occur.MustNot, self._scope(part.without)))
        return tantivy.Query.boolean_query(clauses)

    def _group(self, group: Group) -> "tantivy.Query":
        return self._any(self._all(map(self._token, each)) for each in dict.fromkeys(group))

    def _scope(self, token: str) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.term_query(self.schema, "scope", token, "basic")

    def _token(self, token: str) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.disjunction_max_query(
            [
                tantivy.Query.boost_query(tantivy.Query.term_query(self.schema, field, token, "freq"), boost)
                for field, boost in _BOOSTS.items()
            ],
            0.3,
        )

    def _all(self, queries: Iterator["tantivy.Query"] | list["tantivy.Query"]) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in queries])

    def _any(self, queries: Iterator["tantivy.Query"] | list["tantivy.Query"]) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in queries])


_indexes: dict[tuple[int, int], LargeIndex] = {}
"""Of this process. A stamp, which no two installations share, says whose each is."""


def large_finder(reader: Reader, account_id: int, collection_id: int) -> LargeFinder | None:
    """What finds in a large knowledge base as the reader sees it; None where the database has to."""
    index = _indexes.get((account_id, collection_id))
    if index is None:
        return None
    standing = words.standing(reader, account_id, collection_id)
    return index.at(standing) if standing else None


async def keep_large_indexes(engine: Engine) -> None:
    """Makes the indexes of large knowledge bases and keeps them up, until cancelled. Nothing without tantivy."""
    if find_spec("tantivy") is not None:
        await keep(partial(catch_up, engine), EVERY_S)


def catch_up(engine: Engine, large: int = LARGE) -> None:
    """Brings the indexes of all knowledge bases with more documents than `large` to where the database is."""

    def follow(reader: Reader) -> None:
        there = words.collections_above(reader, large)
        for place, standing in there.items():
            index = _indexes.get(place)
            if index is None or index.stamp != standing.stamp:
                index = LargeIndex(standing.stamp)
            if index.change != standing.change:
                index.follow(reader, *place, standing.change)
            _indexes[place] = index
        for place, index in list(_indexes.items()):
            now = None if place in there else words.standing(reader, *place)
            # Large no more. (Those of other databases have other stamps.)
            if now is not None and now.stamp == index.stamp:
                del _indexes[place]

    engine.read_and_wait(follow)
