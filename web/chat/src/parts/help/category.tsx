import { usePage, useStore } from "../context.ts";
import { CloseButton } from "../header.tsx";
import { BackIcon } from "../icons.tsx";
import { StatusBar } from "../status-bar.tsx";
import { useHelp, useScreen } from "./help.tsx";
import { ArticleRows, Bones, CategoryRows, ChatWithUs, Trouble } from "./rows.tsx";

/** A topic: what belongs to it, and its articles. */
export function CategoryScreen({ id }: { id: number }) {
  const { words, places } = usePage();
  const help = useHelp();
  const category = useStore(help.category(id));
  const { box, heading, onScroll, leaveAt } = useScreen(category.kind !== "loading", () => help.moreOf(id));
  const name = category.kind === "ready" ? category.value.name : "";
  return (
    <>
      <header class="header">
        <button type="button" class="tool" aria-label={words.say("help.back")} onClick={places.back}>
          <BackIcon />
        </button>
        <h1 ref={heading} tabIndex={-1} class="header-words" dir="auto">
          {name}
        </h1>
        <CloseButton />
      </header>
      <StatusBar />
      <main ref={box} class="help" onScroll={onScroll}>
        {category.kind === "loading" && <Bones />}
        {category.kind === "failed" && <Trouble why={category.why} />}
        {category.kind === "ready" && (
          <>
            {category.value.children.length > 0 && (
              <CategoryRows categories={category.value.children} leaveAt={leaveAt} />
            )}
            {category.value.articles.length > 0 && (
              <ArticleRows cards={category.value.articles} leaveAt={leaveAt} />
            )}
            <ChatWithUs />
          </>
        )}
      </main>
    </>
  );
}
