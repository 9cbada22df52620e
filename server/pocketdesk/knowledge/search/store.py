"""What a search reads of articles and of their knowledge base."""

from sqlalchemy import BigInteger, Integer, Text, bindparam, delete, exists, select

from pocketdesk.knowledge.store import (
    article,
    article_vector,
    article_version,
    knowledge_base,
    synonym,
    variant,
)
from pocketdesk.storage import Statement, insert
from pocketdesk.storage.words_sql import search_document

MOST_SYNONYMS = 500

_account_id = bindparam("account_id", type_=BigInteger)
_base_id = bindparam("base_id", type_=BigInteger)

LANGUAGES = Statement(
    select(knowledge_base.c.languages).where(
        knowledge_base.c.account_id == _account_id, knowledge_base.c.id == _base_id
    )
)
SYNONYMS = Statement(
    select(synonym.c.words)
    .where(synonym.c.account_id == _account_id, synonym.c.knowledge_base_id == _base_id)
    .order_by(synonym.c.id)
    .limit(MOST_SYNONYMS)
)
VERSION = Statement(
    select(
        article_version.c.title,
        article_version.c.subtitle,
        article_version.c.plain_text,
        article.c.category_id,
        article.c.access,
        article_version.c.tags,
    )
    .join(
        article,
        (article.c.account_id == article_version.c.account_id)
        & (article.c.id == article_version.c.article_id),
    )
    .join(
        variant,
        (variant.c.account_id == article_version.c.account_id)
        & (variant.c.article_id == article_version.c.article_id)
        & (variant.c.language == article_version.c.language)
        & (variant.c.published_version == article_version.c.number),
    )
    .where(
        article_version.c.account_id == _account_id,
        article_version.c.article_id == bindparam("article_id", type_=BigInteger),
        article_version.c.language == bindparam("language", type_=Text),
        article_version.c.number == bindparam("number", type_=Integer),
        article.c.knowledge_base_id == _base_id,
        article.c.deleted_at.is_(None),
    )
)

_model = bindparam("model", type_=Text)
_is_indexed = (
    (article_version.c.account_id == search_document.c.account_id)
    & (article_version.c.article_id == search_document.c.subject_id)
    & (article_version.c.language == search_document.c.language)
    & (article_version.c.number == search_document.c.version)
)
_is_vector_of_it = (
    (article_vector.c.account_id == search_document.c.account_id)
    & (article_vector.c.article_id == search_document.c.subject_id)
    & (article_vector.c.language == search_document.c.language)
    & (article_vector.c.version == search_document.c.version)
    & (article_vector.c.model == _model)
)
UNREAD = Statement(
    select(
        search_document.c.account_id,
        search_document.c.collection_id,
        search_document.c.subject_id,
        search_document.c.language,
        search_document.c.version,
        article_version.c.title,
        article_version.c.subtitle,
        article_version.c.plain_text,
    )
    .join(article_version, _is_indexed)
    .where(~exists().where(_is_vector_of_it))
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_VECTORS = Statement(
    delete(article_vector).where(
        article_vector.c.account_id == _account_id,
        article_vector.c.article_id == bindparam("article_id", type_=BigInteger),
        article_vector.c.language == bindparam("language", type_=Text),
    )
)
ADD_VECTOR = Statement(insert(article_vector))
VECTORS = Statement(
    select(
        article_vector.c.article_id,
        article_vector.c.language,
        article_vector.c.version,
        search_document.c.access,
        article_vector.c.vector,
    )
    .join(search_document, _is_vector_of_it & (search_document.c.collection_id == _base_id))
    .where(article_vector.c.account_id == _account_id, article_vector.c.knowledge_base_id == _base_id)
    .order_by(article_vector.c.article_id, article_vector.c.language, article_vector.c.place)
)
