import { World } from "@pocketdesk/client/testing/world";
import { describe, expect, it } from "vitest";
import { type FileTransport, Unwanted, type UploadProgress, type UploadState } from "./files.ts";
import { ChunkedUpload } from "./upload.ts";

const CHUNK = 10;

/** A server that keeps bytes, behind a line that breaks. */
class Shelf implements FileTransport {
  bytes: string | null = null;
  begun = 0;
  size = 0;
  /** What the next calls end in, instead of an answer. `lost`: the bytes arrive, the answer does not. */
  faults: ("ok" | "cut" | "lost" | number)[] = [];
  state: UploadProgress["state"] = "receiving";
  isScanning = false;

  async begin({ size }: { size: number }) {
    this.#fail();
    this.begun += 1;
    this.bytes = "";
    this.size = size;
    return { file_id: 7, received: 0, chunk: CHUNK };
  }

  async put(_id: number, offset: number, bytes: Blob): Promise<UploadProgress> {
    const isLost = this.faults[0] === "lost" && this.faults.shift();
    if (!isLost) this.#fail();
    if (offset !== this.bytes?.length) throw new Unwanted(409, {}, null);
    this.bytes += await bytes.text();
    if (isLost) throw new TypeError("network");
    return this.look();
  }

  async look(): Promise<UploadProgress> {
    this.#fail();
    if (this.bytes === null) throw new Unwanted(404, {}, null);
    const isWhole = this.bytes.length === this.size && !this.isScanning;
    return {
      received: this.bytes.length,
      state: isWhole && this.state === "receiving" ? "ready" : this.state,
    };
  }

  #fail(): void {
    const fault = this.faults.shift();
    if (fault === "cut") throw new TypeError("network");
    if (typeof fault === "number") throw new Unwanted(fault, {}, null);
  }
}

const TEXT = "the words of a file that takes several pieces";

function send(shelf: Shelf, text = TEXT) {
  const world = new World();
  const upload = new ChunkedUpload(new File([text], "words.txt", { type: "text/plain" }), shelf, world);
  const seen: UploadState[] = [];
  upload.state.subscribe(() => seen.push(upload.state.get()));
  return { world, upload, seen };
}

describe("ChunkedUpload", () => {
  it("D17 sends a file in pieces and tells how far it is", async () => {
    const shelf = new Shelf();
    const { world, upload, seen } = send(shelf);
    await world.pass(1_000);
    expect(shelf.bytes).toBe(TEXT);
    expect(upload.state.get()).toEqual({ kind: "ready", fileId: 7 });
    const shares = seen.flatMap((each) => (each.kind === "sending" ? [each.share] : []));
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(shares.length).toBeGreaterThan(3);
  });

  it("D17 goes on where it was interrupted, whatever was lost on the way", async () => {
    const shelf = new Shelf();
    shelf.faults = ["cut"];
    const { world, upload } = send(shelf);
    await world.pass(10);
    expect(upload.state.get().kind).toBe("waiting");
    shelf.faults = ["cut", "cut"];
    await world.pass(8_000);
    shelf.faults = ["lost", "cut"];
    await world.pass(120_000);
    expect(shelf.bytes).toBe(TEXT);
    expect(shelf.begun).toBe(1);
    expect(upload.state.get().kind).toBe("ready");
  });

  it("D17 tries at once when the network is back or somebody asks for it", async () => {
    for (const wake of ["network", "person"]) {
      const shelf = new Shelf();
      shelf.faults = Array(6).fill("cut");
      const { world, upload } = send(shelf);
      await world.pass(50_000);
      shelf.faults = [];
      expect(upload.state.get().kind).toBe("waiting");
      if (wake === "network") world.wake();
      else upload.tryNow();
      await world.pass(10);
      expect(upload.state.get().kind).toBe("ready");
    }
  });

  it("starts again when the server has let go of it", async () => {
    const shelf = new Shelf();
    shelf.faults = ["ok", "cut"];
    const { world } = send(shelf);
    await world.pass(10);
    shelf.bytes = null;
    await world.pass(60_000);
    expect(shelf.bytes).toBe(TEXT);
    expect(shelf.begun).toBe(2);
  });

  it("D18 waits while the server looks at the file, and ends when it refuses it", async () => {
    const shelf = new Shelf();
    shelf.isScanning = true;
    const { world, upload } = send(shelf);
    await world.pass(5_000);
    expect(upload.state.get().kind).toBe("checking");
    shelf.state = "refused";
    await world.pass(5_000);
    expect(upload.state.get()).toEqual({ kind: "refused" });
  });

  it("D18 takes a refusal for an answer", async () => {
    const shelf = new Shelf();
    shelf.faults = [422];
    const { world, upload } = send(shelf);
    await world.pass(60_000);
    expect(upload.state.get()).toEqual({ kind: "refused" });
    expect(shelf.begun).toBe(0);
  });

  it("sends nothing more once it is cancelled", async () => {
    const shelf = new Shelf();
    shelf.faults = ["cut"];
    const { world, upload } = send(shelf);
    await world.pass(10);
    upload.cancel();
    await world.pass(60_000);
    expect(shelf.begun).toBe(0);
  });
});
