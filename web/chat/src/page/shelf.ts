import type { Article } from "./help.ts";
import { shelfOf } from "./shelf-name.ts";

const MOST = 20;
const STORE = "articles";

interface Kept {
  id: number;
  at: number;
  article: Article;
}

/** Articles that were read lately, for when there is no line. On the device where that exists and the visitor allows it,
 *  else in the page. */
export class Shelf {
  readonly #mayStore: () => boolean;
  readonly #name: string;
  readonly #memory = new Map<number, Kept>();

  constructor(accountId: number, mayStore: () => boolean) {
    this.#name = shelfOf(accountId);
    this.#mayStore = mayStore;
  }

  readonly keep = async (article: Article): Promise<void> => {
    const kept: Kept = { id: article.article_id, at: Date.now(), article };
    this.#memory.set(kept.id, kept);
    for (const { id } of newestFirst([...this.#memory.values()]).slice(MOST)) this.#memory.delete(id);
    const all = await this.#stored();
    if (!all) return;
    await this.#run("readwrite", (store) => {
      for (const { id } of newestFirst(all).slice(MOST - 1)) store.delete(id);
      return store.put(kept);
    });
  };

  readonly get = async (id: number): Promise<Article | null> => {
    const stored = this.#memory.get(id) ?? (await this.#stored())?.find((each) => each.id === id);
    return stored?.article ?? null;
  };

  /** Newest first. */
  readonly all = async (): Promise<Article[]> => {
    const stored = (await this.#stored()) ?? [];
    const both = new Map([...stored.map((each) => [each.id, each] as const), ...this.#memory]);
    return newestFirst([...both.values()]).map((each) => each.article);
  };

  /** What the device holds; null where nothing may be or can be kept. */
  async #stored(): Promise<Kept[] | null> {
    if (!this.#mayStore()) return null;
    return this.#run<Kept[]>("readonly", (store) => store.getAll()).catch(() => null);
  }

  #run<Result>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<Result> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(this.#name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const database = opening.result;
        const transaction = database.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        // Open, it could not be deleted.
        transaction.oncomplete = () => {
          database.close();
          resolve(request.result as Result);
        };
        transaction.onabort = () => {
          database.close();
          reject(transaction.error);
        };
      };
    });
  }
}

function newestFirst(kept: Kept[]): Kept[] {
  return kept.sort((one, other) => other.at - one.at);
}
