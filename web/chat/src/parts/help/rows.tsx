import type { ComponentChildren } from "preact";
import type { Card, CategoryCard, Loading } from "../../page/help.ts";
import { hasKeyboard } from "../../page/look.ts";
import { usePage } from "../context.ts";
import { ForwardIcon, RetryIcon } from "../icons.tsx";
import { useHelp } from "./help.tsx";

interface RowProps {
  row: string;
  open(): void;
  children: ComponentChildren;
}

function Row({ row, open, children }: RowProps) {
  return (
    <li>
      <button type="button" class="row" data-row={row} onClick={open}>
        <span class="row-words">{children}</span>
        <ForwardIcon />
      </button>
    </li>
  );
}

/** Articles to open, each with its subtitle or what was found in it. */
export function ArticleRows({
  cards,
  leaveAt,
  onOpen,
  under = ({ subtitle }) => subtitle,
}: {
  cards: readonly Card[];
  leaveAt(row: string): void;
  onOpen?(id: number): void;
  under?(card: Card, place: number): ComponentChildren;
}) {
  const { places } = usePage();
  return (
    <ul class="rows">
      {cards.map((card, place) => {
        const { article_id: id, language, title } = card;
        const words = under(card, place);
        return (
          <Row
            key={id}
            row={`article-${id}`}
            open={() => {
              leaveAt(`article-${id}`);
              onOpen?.(id);
              places.open({ name: "article", id, language });
            }}
          >
            <span class="row-title" dir="auto" lang={language}>
              {title}
            </span>
            {words && (
              <span class="row-under" dir="auto" lang={language}>
                {words}
              </span>
            )}
          </Row>
        );
      })}
    </ul>
  );
}

/** Categories to open, each with the number of its articles. */
export function CategoryRows({
  categories,
  leaveAt,
}: {
  categories: readonly CategoryCard[];
  leaveAt(row: string): void;
}) {
  const { places, words } = usePage();
  return (
    <ul class="rows">
      {categories.map(({ id, name, articles }) => (
        <Row
          key={id}
          row={`category-${id}`}
          open={() => {
            leaveAt(`category-${id}`);
            places.open({ name: "category", id });
          }}
        >
          <span class="row-title" dir="auto">
            {name}
          </span>
          <span class="row-under">{words.count("help.articles", articles)}</span>
        </Row>
      ))}
    </ul>
  );
}

/** Where something will be that is on its way. */
export function Bones({ count = 4 }: { count?: number }) {
  return (
    <div class="bones" aria-hidden="true">
      {Array.from({ length: count }, (_, place) => (
        <i key={place} />
      ))}
    </div>
  );
}

/** What cannot be shown, and what can be done. */
export function Trouble({ why }: { why: Extract<Loading<unknown>, { kind: "failed" }>["why"] }) {
  const { words } = usePage();
  const help = useHelp();
  if (why === "failed")
    return (
      <button type="button" class="quiet help-retry" onClick={help.retry}>
        <RetryIcon />
        {words.say("help.failed")}
      </button>
    );
  return <p class="help-empty">{words.say(why === "gone" ? "help.gone" : "help.offline")}</p>;
}

/** One tap to somebody who answers. */
export function ChatWithUs() {
  const { words, places, chat } = usePage();
  return (
    <button
      type="button"
      class="secondary help-chat"
      onClick={() => {
        chat.openSome();
        places.show("chat");
        // Once it is there. A phone's keyboard would hide what was said before.
        const place = hasKeyboard() ? ".composer textarea" : ".log";
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>(place)?.focus({ preventScroll: true }),
        );
      }}
    >
      {words.say("help.chat")}
    </button>
  );
}
