import type { Environment } from "@pocketdesk/client/environment";
import { Store } from "@pocketdesk/client/store";
import { type FileTransport, Unwanted, type Upload, type UploadProgress, type UploadState } from "./files.ts";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 20_000;
const CHECK_EVERY_MS = 2_000;

let uploads = 0;

/** Sends a file in pieces and goes on where it was interrupted, for as long as it takes. */
export class ChunkedUpload implements Upload {
  readonly key = -++uploads;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly picture: string | null;
  readonly pixels = new Store<{ width: number; height: number } | null>(null);
  readonly state = new Store<UploadState>({ kind: "sending", share: 0 });

  readonly #file: File;
  readonly #transport: FileTransport;
  readonly #environment: Environment;
  readonly #abort = new AbortController();
  #fileId: number | null = null;
  #received = 0;
  #chunk = 0;
  #failures = 0;
  #goOn: (() => void) | null = null;

  constructor(file: File, transport: FileTransport, environment: Environment) {
    this.#file = file;
    this.#transport = transport;
    this.#environment = environment;
    this.name = file.name;
    this.mediaType = file.type;
    this.size = file.size;
    this.picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    if (this.picture) void this.#measure(this.picture);
    void this.#run();
  }

  tryNow(): void {
    this.#goOn?.();
  }

  cancel(): void {
    this.#abort.abort();
    this.#goOn?.();
    if (this.picture) URL.revokeObjectURL(this.picture);
  }

  async #measure(url: string): Promise<void> {
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => {});
    if (image.naturalWidth > 0) this.pixels.set({ width: image.naturalWidth, height: image.naturalHeight });
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted && this.state.get().kind !== "ready") {
      try {
        await this.#send();
      } catch (error) {
        if (error instanceof Unwanted && !this.#mends(error)) {
          this.state.set({ kind: "refused" });
          return;
        }
        await this.#wait(error instanceof Unwanted ? error.retryAfterMs : null);
      }
    }
  }

  async #send(): Promise<void> {
    const { name, size, mediaType: media_type } = this;
    let now: UploadProgress;
    if (this.#fileId === null) {
      const begun = await this.#transport.begin({ name, size, media_type });
      this.#fileId = begun.file_id;
      this.#chunk = begun.chunk;
      now = { received: begun.received, state: "receiving" };
    } else {
      // What was under way when the line broke may have arrived.
      now = await this.#transport.look(this.#fileId);
    }
    while (now.state === "receiving") {
      this.#received = now.received;
      if (now.received >= size) {
        this.state.set({ kind: "checking", share: 1 });
        await this.#pass(CHECK_EVERY_MS);
        now = await this.#transport.look(this.#fileId);
        continue;
      }
      this.state.set({ kind: "sending", share: now.received / size });
      const bytes = this.#file.slice(now.received, now.received + this.#chunk);
      now = await this.#transport.put(this.#fileId, now.received, bytes, this.#abort.signal);
      this.#failures = 0;
    }
    if (now.state === "refused") throw new Unwanted(422, {}, null);
    this.state.set({ kind: "ready", fileId: this.#fileId });
  }

  /** Whether the next try can go better. */
  #mends({ status }: Unwanted): boolean {
    if (status === 404 && this.#fileId !== null) {
      // The server has let go of what it had: from the start.
      this.#fileId = null;
      return true;
    }
    return status >= 500 || [401, 408, 409, 429].includes(status);
  }

  async #wait(retryAfterMs: number | null): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.state.set({ kind: "waiting", share: this.#received / this.size });
    const ms = retryAfterMs ?? Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    await this.#pass(ms);
  }

  /** Lets time pass, or less if something happens that makes another try worthwhile. */
  async #pass(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const ends: (() => void)[] = [];
    await new Promise<void>((resolve) => {
      ends.push(this.#environment.after(ms, resolve), this.#environment.onWake(resolve));
      this.#goOn = resolve;
    });
    for (const end of ends) end();
    this.#goOn = null;
  }
}
