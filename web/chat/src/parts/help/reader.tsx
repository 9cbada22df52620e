import { useEffect, useState } from "preact/hooks";
import type { Article, Source } from "../../page/help.ts";
import type { HelpScreen } from "../../page/places.ts";
import { usePage, useStore } from "../context.ts";
import { CloseButton } from "../header.tsx";
import { BackIcon, ThumbDownIcon, ThumbUpIcon } from "../icons.tsx";
import { StatusBar } from "../status-bar.tsx";
import { Body } from "./body.tsx";
import { sourceOf, useHelp, useScreen } from "./help.tsx";
import { Bones, ChatWithUs, Trouble } from "./rows.tsx";

/** Languages of ours that are written from right to left. */
const RTL = new Set(["ar", "fa", "he", "ur"]);

export function Reader({ screen }: { screen: Extract<HelpScreen, { name: "article" }> }) {
  const { words, config, places } = usePage();
  const help = useHelp();
  const article = useStore(help.article(screen.id, screen.language));
  const { box, heading, onScroll } = useScreen(article.kind !== "loading");
  useReadingTime(article.kind === "ready" ? article.value : null, sourceOf(screen));
  return (
    <>
      <header class="header">
        <button type="button" class="tool" aria-label={words.say("help.back")} onClick={places.back}>
          <BackIcon />
        </button>
        <p class="header-words help-name" dir="auto">
          {config.help?.name}
        </p>
        <CloseButton />
      </header>
      <StatusBar />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it scrolls by the arrow keys */}
      <main ref={box} class="help" tabIndex={0} onScroll={onScroll} aria-busy={article.kind === "loading"}>
        {article.kind === "loading" && <Bones />}
        {article.kind === "failed" && (
          <div class="help-nothing">
            <Trouble why={article.why} />
            {screen.url && article.why === "gone" && (
              <a class="secondary" href={screen.url} target="_blank" rel="noopener noreferrer">
                {words.say("help.article")}
              </a>
            )}
            <ChatWithUs />
          </div>
        )}
        {article.kind === "ready" && <Languages screen={screen} article={article.value} />}
        {article.kind === "ready" && (
          <article lang={article.value.language} dir={RTL.has(article.value.language) ? "rtl" : "ltr"}>
            <h1 ref={heading} tabIndex={-1}>
              {article.value.title}
            </h1>
            {article.value.subtitle && <p class="article-subtitle">{article.value.subtitle}</p>}
            <Body body={article.value.body} title={article.value.title} />
          </article>
        )}
        {article.kind === "ready" && <Foot key={article.value.language} article={article.value} />}
      </main>
    </>
  );
}

interface LanguagesProps {
  screen: Extract<HelpScreen, { name: "article" }>;
  article: Article;
}

/** The way to the article in other languages, each by its own name. */
function Languages({ screen, article: { language, languages } }: LanguagesProps) {
  const { words, places } = usePage();
  if (languages.length < 2) return null;
  return (
    <select
      class="article-language"
      aria-label={words.say("help.language")}
      value={language}
      onChange={(event) => places.turn({ ...screen, language: event.currentTarget.value })}
    >
      {languages.map((each) => (
        <option key={each} value={each} lang={each}>
          {nameOf(each)}
        </option>
      ))}
    </select>
  );
}

function nameOf(language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
}

/** Under an article: how new it is, whether it helped, and somebody to ask. */
function Foot({ article }: { article: Article }) {
  const { words } = usePage();
  const help = useHelp();
  const [hasVoted, setVoted] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const vote = (helpful: boolean) => {
    setVoted(true);
    setFailed(false);
    help.vote(article, helpful).catch(() => setFailed(true));
  };
  const answer = hasFailed
    ? words.say("card.failed")
    : hasVoted && article.vote !== null && words.say(article.vote ? "help.thanks" : "help.sorry");
  return (
    <footer class="article-foot">
      {article.updated_at !== null && (
        <p class="article-date">{words.say("help.updated", { date: words.date(article.updated_at) })}</p>
      )}
      <fieldset class="vote">
        <legend>{words.say("help.helpful")}</legend>
        <button
          type="button"
          class="secondary"
          aria-pressed={article.vote === true}
          onClick={() => vote(true)}
        >
          <ThumbUpIcon />
          {words.say("help.yes")}
        </button>
        <button
          type="button"
          class="secondary"
          aria-pressed={article.vote === false}
          onClick={() => vote(false)}
        >
          <ThumbDownIcon />
          {words.say("help.no")}
        </button>
      </fieldset>
      <p class={hasFailed ? "fault" : "vote-answer"} role="status">
        {answer}
      </p>
      <ChatWithUs />
    </footer>
  );
}

/** Counts while the article can be seen. */
function useReadingTime(article: Article | null, source: Source): void {
  const { places, chat } = usePage();
  const help = useHelp();
  const isShown = useStore(places.now).tab === "help";
  const isVisible = useStore(chat.isVisible);
  const id = article?.article_id;
  const language = article?.language;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a vote makes no other article of it
  useEffect(() => {
    return article && isShown && isVisible ? help.read(article, source) : undefined;
  }, [id, language, source, isShown, isVisible, help]);
}
