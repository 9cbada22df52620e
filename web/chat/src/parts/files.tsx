import type { FileBlock } from "@pocketdesk/client/protocol";
import { useEffect, useState } from "preact/hooks";
import { RENEW_LINKS_MS, type Upload } from "../page/files.ts";
import { usePage, useStore } from "./context.ts";
import { CloseIcon, FileIcon, RetryIcon } from "./icons.tsx";

const WIDEST = 240;
const HIGHEST = 300;

/** The size in which a picture is shown, known before it is there: nothing jumps when it comes. */
export function shownSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A file of a message: a picture, or a row to open it by. It opens outside, where the address alone must do. */
export function FileView({ file, conversationId }: { file: FileBlock; conversationId: number }) {
  const { links, words } = usePage();
  const url = useStore(links.urlOf(conversationId, file.file_id));
  const [failures, setFailures] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => links.renew(conversationId, file.file_id), RENEW_LINKS_MS);
    return () => clearInterval(timer);
  }, [links, conversationId, file.file_id]);

  const isPicture = file.width !== null && file.height !== null && failures < 2;
  if (!isPicture)
    return (
      <Opener url={url} kind="file">
        <FileRow
          name={file.name}
          note={failures < 2 ? words.bytes(file.size) : words.say("files.unavailable")}
        />
      </Opener>
    );
  const size = shownSize(file.width ?? 1, file.height ?? 1);
  const source = links.pictureOf(file.file_id) ?? url;
  return (
    <Opener url={url} label={words.say("files.open", { name: file.name })} kind="picture">
      <PictureFrame {...size}>
        {source && (
          <img
            src={source}
            alt={file.name}
            {...size}
            onError={() => {
              links.renew(conversationId, file.file_id);
              setFailures(failures + 1);
            }}
          />
        )}
      </PictureFrame>
    </Opener>
  );
}

function Opener(props: {
  url: string | null;
  /** Of what has no words of its own. */
  label?: string;
  kind: "file" | "picture";
  children: preact.ComponentChildren;
}) {
  if (props.url === null) return <span class={props.kind}>{props.children}</span>;
  return (
    <a
      class={props.kind}
      href={new URL(props.url, location.href).href}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={props.label}
    >
      {props.children}
    </a>
  );
}

function PictureFrame(props: { width: number; height: number; children: preact.ComponentChildren }) {
  const { width, height } = props;
  return (
    <span class="picture-frame" style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}>
      {props.children}
    </span>
  );
}

function FileRow({ name, note }: { name: string; note: string }) {
  return (
    <>
      <FileIcon />
      <span class="file-words">
        <bdi>{name}</bdi>
        <small>{note}</small>
      </span>
    </>
  );
}

/** A file of a message that has not left yet. */
export function PendingFile({ upload }: { upload: Upload }) {
  const { words } = usePage();
  const state = useStore(upload.state);
  const pixels = useStore(upload.pixels);
  const progress = <Progress upload={upload} />;
  if (upload.picture && pixels && state.kind !== "refused") {
    const size = shownSize(pixels.width, pixels.height);
    return (
      <span class="picture">
        <PictureFrame {...size}>
          <img src={upload.picture} alt={upload.name} {...size} />
        </PictureFrame>
        {progress}
      </span>
    );
  }
  return (
    <span class="file">
      <FileRow name={upload.name} note={words.bytes(upload.size)} />
      {progress}
    </span>
  );
}

/** How far an upload has come; nothing when it is there. */
function Progress({ upload }: { upload: Upload }) {
  const { words } = usePage();
  const state = useStore(upload.state);
  if (state.kind === "ready" || state.kind === "refused") return null;
  return (
    <progress
      class={state.kind === "waiting" ? "progress is-waiting" : "progress"}
      max={1}
      value={state.share}
      aria-label={words.say("files.progress", { percent: words.percent(state.share) })}
    />
  );
}

/** Files that go with the message that is being written. */
export function Attached({ uploads, remove }: { uploads: readonly Upload[]; remove(upload: Upload): void }) {
  const { words } = usePage();
  if (uploads.length === 0) return null;
  return (
    <ul class="attached" aria-label={words.say("files.attached")}>
      {uploads.map((upload) => (
        <AttachedFile key={upload.key} upload={upload} remove={() => remove(upload)} />
      ))}
    </ul>
  );
}

function AttachedFile({ upload, remove }: { upload: Upload; remove(): void }) {
  const { words } = usePage();
  const state = useStore(upload.state);
  const { name } = upload;
  const note =
    state.kind === "refused"
      ? words.say("files.refused", { name })
      : state.kind === "waiting"
        ? words.say("files.waiting")
        : state.kind === "checking"
          ? words.say("files.checking")
          : words.bytes(upload.size);
  return (
    <li class={state.kind === "refused" ? "chip is-refused" : "chip"}>
      {upload.picture ? <img src={upload.picture} alt="" width={40} height={40} /> : <FileIcon />}
      <span class="file-words">
        <bdi>{name}</bdi>
        <small>{note}</small>
      </span>
      {state.kind === "waiting" && (
        <button
          type="button"
          class="chip-tool"
          aria-label={words.say("files.retry_named", { name })}
          onClick={() => upload.tryNow()}
        >
          <RetryIcon />
        </button>
      )}
      <button
        type="button"
        class="chip-tool"
        aria-label={words.say("files.remove", { name })}
        onClick={remove}
      >
        <CloseIcon />
      </button>
      <Progress upload={upload} />
    </li>
  );
}
