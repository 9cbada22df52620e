"""Articles of any kind, for property tests: what hypothesis draws is in the tree's normal form."""

from typing import Any

from hypothesis import strategies as st

from pocketdesk.knowledge.content import Body, parse_body

WORDS = st.one_of(
    st.sampled_from(
        [
            *(
                "a",
                "b c",
                " ",
                "1. x",
                "- y",
                "# z",
                "*",
                "**",
                "_",
                "__x__",
                "`",
                "``",
                "~~",
                "[x](y)",
                "![",
                "!",
            ),
            *(
                "<b>",
                "</p>",
                "&amp;",
                "&",
                "&#60;",
                "|",
                "a|b",
                "\\",
                "\\|",
                ">",
                "> q",
                "===",
                "---",
                "+ x",
                "1)",
            ),
            *(
                "[!NOTE]",
                "<!-- x -->",
                "\u00a0",
                "\u2003x",
                "é",
                "日本",
                "مرحبا",
                "🚲",
                "http://x.y",
                "snake_case",
                ":",
                "~",
                '"',
            ),
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12),
)
FLAGS = st.dictionaries(st.sampled_from(["bold", "italic", "strike", "code"]), st.booleans(), max_size=2)
HREFS = st.sampled_from(
    [
        *(
            "https://example.com/a(b)?c=d&copy=1#e",
            "http://x.y/<z>",
            "mailto:a@example.org",
            "tel:+31",
            "https://é.example/ü",
        ),
        *('https://x.y/"q"', "https://x.y/a_b*c`d\\e", "https://x.y/|"),
    ]
)


def _run(kind: str, fields: Any) -> Any:
    return st.tuples(fields, FLAGS).map(lambda both: {"type": kind, **both[0], **both[1]})


RUNS = st.lists(
    st.one_of(
        _run("text", st.fixed_dictionaries({"text": WORDS})),
        _run("text", st.fixed_dictionaries({"text": WORDS})),
        _run("link", st.fixed_dictionaries({"text": WORDS, "href": HREFS})),
        _run(
            "article_link",
            st.fixed_dictionaries(
                {"text": WORDS.map(lambda text: f"to {text}"), "article_id": st.integers(1, 3)}
            ),
        ),
        st.just({"type": "break"}),
    ),
    max_size=5,
)
LABELS = st.one_of(st.just(""), WORDS)
LEAVES = st.one_of(
    st.fixed_dictionaries({"type": st.just("paragraph"), "runs": RUNS}),
    st.fixed_dictionaries({"type": st.just("paragraph"), "runs": RUNS}),
    st.fixed_dictionaries({"type": st.just("heading"), "level": st.integers(2, 4), "runs": RUNS}),
    st.fixed_dictionaries(
        {
            "type": st.just("code"),
            "text": st.one_of(
                st.sampled_from(
                    ["", "\n", "a\n", "```", "\ta\n  b\n\n c ", "    x", "````\n```", "<b>&amp;", "> q", " "]
                ),
                st.text(st.characters(codec="utf-8"), max_size=20),
            ),
            "language": st.sampled_from(["", "python", "c++"]),
        }
    ),
    st.tuples(st.booleans(), st.integers(1, 3), st.integers(1, 3)).flatmap(
        lambda shape: st.fixed_dictionaries(
            {
                "type": st.just("table"),
                "header": st.just(shape[0]),
                "rows": st.lists(
                    st.lists(RUNS, min_size=shape[1], max_size=shape[1]), min_size=shape[2], max_size=shape[2]
                ),
            }
        )
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("image"),
            "file_id": st.integers(1, 3),
            "alt": LABELS,
            "caption": LABELS,
            "width": st.just(40),
            "height": st.just(30),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("video"), "href": HREFS.filter(lambda href: href.startswith("http"))}
    ),
    st.just({"type": "divider"}),
)
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("quote"), "blocks": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries(
            {
                "type": st.just("callout"),
                "tone": st.sampled_from(["info", "tip", "warning", "danger"]),
                "blocks": st.lists(inner, max_size=3),
            }
        ),
        st.fixed_dictionaries(
            {
                "type": st.just("list"),
                "ordered": st.booleans(),
                "items": st.lists(st.lists(inner, max_size=3), min_size=1, max_size=3),
            }
        ),
    ),
    max_leaves=6,
)


def bodies() -> st.SearchStrategy[Body]:
    return st.lists(BLOCKS, max_size=5).map(lambda blocks: parse_body({"blocks": blocks}))
