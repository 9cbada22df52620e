import { useRef, useState } from "preact/hooks";
import { type Found, type Loading, type Overview, PICKS, type Pick } from "../../page/help.ts";
import { hasKeyboard } from "../../page/look.ts";
import { usePage, useStore } from "../context.ts";
import { CloseButton } from "../header.tsx";
import { CloseIcon, SearchIcon } from "../icons.tsx";
import { StatusBar } from "../status-bar.tsx";
import { useHelp, useScreen } from "./help.tsx";
import { ArticleRows, Bones, CategoryRows, ChatWithUs, Trouble } from "./rows.tsx";

type LeaveAt = (row: string) => void;

/** The search, what is recommended, and all topics. */
export function Home() {
  const { config } = usePage();
  const help = useHelp();
  const overview = useStore(help.overview());
  const found = useStore(help.found);
  const { box, heading, onScroll, leaveAt } = useScreen(
    (found ?? overview).kind !== "loading",
    help.moreFound,
  );
  return (
    <>
      <header class="header">
        <h1 ref={heading} tabIndex={-1} class="header-words" dir="auto">
          {config.help?.name}
        </h1>
        <CloseButton />
      </header>
      <StatusBar />
      <Search />
      <main ref={box} class="help" onScroll={onScroll}>
        {found ? (
          <Results found={found} leaveAt={leaveAt} />
        ) : (
          <OverviewView overview={overview} leaveAt={leaveAt} />
        )}
      </main>
    </>
  );
}

function Search() {
  const { words } = usePage();
  const help = useHelp();
  const typed = useStore(help.words);
  const field = useRef<HTMLInputElement>(null);
  const clear = () => {
    help.type("");
    field.current?.focus();
  };
  return (
    <search class="help-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          help.submit();
          // The keyboard of a phone gives way to what was found.
          if (!hasKeyboard()) field.current?.blur();
        }}
      >
        <SearchIcon />
        <input
          ref={field}
          type="search"
          dir={typed ? "auto" : undefined}
          maxLength={200}
          autocomplete="off"
          enterkeyhint="search"
          aria-label={words.say("help.search")}
          placeholder={words.say("help.search")}
          value={typed}
          onInput={(event) => help.type(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && typed) clear();
          }}
        />
        {typed && (
          <button type="button" class="tool" aria-label={words.say("help.clear")} onClick={clear}>
            <CloseIcon />
          </button>
        )}
      </form>
    </search>
  );
}

function Results({ found, leaveAt }: { found: Loading<Found>; leaveAt: LeaveAt }) {
  const { words } = usePage();
  const help = useHelp();
  const typed = useStore(help.words).trim();
  if (found.kind === "loading") return <Bones />;
  if (found.kind === "failed")
    return found.why === "offline" ? <Recent leaveAt={leaveAt} /> : <Trouble why="failed" />;
  const { total, corrected, hits } = found.value;
  if (hits.length === 0)
    return (
      <div class="help-nothing">
        <p role="status">
          <strong>{words.say("help.nothing", { words: typed })}</strong>
          <br />
          {words.say("help.nothing_hint")}
        </p>
        <ChatWithUs />
      </div>
    );
  return (
    <>
      <p class="help-count" role="status">
        {corrected ? words.say("help.corrected", { words: corrected }) : words.count("help.results", total)}
      </p>
      <ArticleRows
        cards={hits}
        leaveAt={leaveAt}
        onOpen={help.tellFound}
        under={(_, place) =>
          hits[place]?.snippet.map(({ text, hit }, each) => (hit ? <mark key={each}>{text}</mark> : text))
        }
      />
      <ChatWithUs />
    </>
  );
}

function OverviewView({ overview, leaveAt }: { overview: Loading<Overview>; leaveAt: LeaveAt }) {
  const { words } = usePage();
  if (overview.kind === "loading") return <Bones count={6} />;
  if (overview.kind === "failed")
    return overview.why === "offline" ? <Recent leaveAt={leaveAt} /> : <Trouble why="failed" />;
  const { recommended, categories, others } = overview.value;
  const picks = PICKS.filter((pick) => recommended[pick].length > 0);
  if (picks.length === 0 && categories.length === 0 && others.length === 0)
    return (
      <div class="help-nothing">
        <p>{words.say("help.empty")}</p>
        <ChatWithUs />
      </div>
    );
  return (
    <>
      {picks.length > 0 && <Recommended recommended={recommended} picks={picks} leaveAt={leaveAt} />}
      {categories.length > 0 && (
        <section>
          <h2>{words.say("help.categories")}</h2>
          <CategoryRows categories={categories} leaveAt={leaveAt} />
        </section>
      )}
      {others.length > 0 && <ArticleRows cards={others} leaveAt={leaveAt} />}
      <ChatWithUs />
    </>
  );
}

let lastPick: Pick | null = null;

function Recommended({
  recommended,
  picks,
  leaveAt,
}: {
  recommended: Overview["recommended"];
  picks: Pick[];
  leaveAt: LeaveAt;
}) {
  const { words } = usePage();
  const [chosen, choose] = useState(lastPick);
  const pick = chosen && picks.includes(chosen) ? chosen : picks[0];
  if (!pick) return null;
  return (
    <section>
      <h2>{words.say("help.recommended")}</h2>
      {picks.length > 1 && (
        <div class="picks">
          {picks.map((each) => (
            <button
              key={each}
              type="button"
              class="pick"
              aria-pressed={each === pick}
              onClick={() => {
                lastPick = each;
                choose(each);
              }}
            >
              {words.say(`help.${each}`)}
            </button>
          ))}
        </div>
      )}
      <ArticleRows cards={recommended[pick]} leaveAt={leaveAt} />
    </section>
  );
}

/** Without a line: what was read lately. */
function Recent({ leaveAt }: { leaveAt: LeaveAt }) {
  const { words } = usePage();
  const recent = useStore(useHelp().recent);
  return (
    <>
      <Trouble why="offline" />
      {recent.length > 0 && (
        <section>
          <h2>{words.say("help.recent")}</h2>
          <ArticleRows cards={recent} leaveAt={leaveAt} />
        </section>
      )}
    </>
  );
}
