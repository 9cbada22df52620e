/** The parts of a browser that the client stands on; tests bring their own. */
export interface Environment {
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Calls `run` after `ms`; the returned function prevents it. */
  after(ms: number, run: () => void): () => void;
  openSocket(url: string): SocketLike;
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** False only when the browser is sure that there is no network. */
  online(): boolean;
  /** Calls `wake` when trying again may have become worthwhile: network back, page visible again. */
  onWake(wake: () => void): () => void;
}

export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** The real thing. `crypto.randomUUID` needs https, which a server in somebody's own network may not have. */
export function browser(): Environment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    openSocket: (url) => new WebSocket(url) as unknown as SocketLike,
    fetch: (path, init) => fetch(path, init),
    online: () => navigator.onLine !== false,
    onWake: (wake) => {
      const visible = () => document.visibilityState === "visible" && wake();
      window.addEventListener("online", wake);
      window.addEventListener("offline", wake);
      window.addEventListener("pageshow", wake);
      document.addEventListener("visibilitychange", visible);
      return () => {
        window.removeEventListener("online", wake);
        window.removeEventListener("offline", wake);
        window.removeEventListener("pageshow", wake);
        document.removeEventListener("visibilitychange", visible);
      };
    },
  };
}

/** A random (version 4) UUID. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
