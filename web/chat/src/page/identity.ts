/** Who somebody says the visitor is: an app, a web page, or the address. The server decides whether it is so. */
export interface Named {
  token: string;
  email: string;
}

/** What is said of the visitor's identity, from wherever it comes. Tokens live here and nowhere else. */
export class Identity {
  /** `undefined`: nobody has said anything yet; null: nobody is signed in. */
  #named: Named | null | undefined;
  /** Asks the app for a token; null where nobody can be asked. */
  readonly #ask: (() => void) | null;
  #waiting: (() => void)[] = [];

  constructor(named: Named | null | undefined, ask: (() => void) | null = null) {
    this.#named = named;
    this.#ask = ask;
  }

  /** Takes what is said now; whether it is something else than before. */
  give(named: Named | null): boolean {
    const before = this.#named;
    this.#named = named;
    for (const go of this.#waiting.splice(0)) go();
    return before !== undefined && (before?.token !== named?.token || before?.email !== named?.email);
  }

  /** Nobody has said anything: then it is nobody. */
  giveUp(): void {
    if (this.#named === undefined) this.give(null);
  }

  /** Who the visitor is; waits until it is known whether anybody is signed in. */
  async named(): Promise<Named | null> {
    while (this.#named === undefined) await new Promise<void>((go) => this.#waiting.push(go));
    return this.#named;
  }

  /** The token does not hold. Whether another one can be had: `named` then waits for it. */
  askAgain(): boolean {
    if (!this.#ask) return false;
    this.#named = undefined;
    this.#ask();
    return true;
  }

  /** Nobody is signed in any more. An app says so itself before anybody else begins. */
  forget(): void {
    this.#named = this.#ask ? undefined : null;
  }
}

/** What HubSpot's SDKs put into the page's address, which is taken out of it at once. */
export function namedInAddress(search: string): Named | null {
  const query = new URLSearchParams(search);
  const token = query.get("identificationToken")?.trim() ?? "";
  // In a query a bare plus is a space, and no address has spaces.
  const email = query.get("email")?.trim().replaceAll(" ", "+") ?? "";
  return token || email ? { token, email } : null;
}
