import { Button, Progress, TextInput } from "@mantine/core";
import { IconPhoto, IconTrash } from "@tabler/icons-react";
import { type NodeViewProps, NodeViewWrapper, ReactNodeViewRenderer } from "@tiptap/react";
import { VideoCard } from "../video-card.tsx";
import { useImages } from "./images.ts";
import { Picture, Video } from "./schema.ts";
import { t } from "./texts.ts";
import { send, stop, useSending } from "./uploads.ts";

/** An image in the editor, with the words that stand for it. */
function PictureView({ node, updateAttributes, deleteNode, selected, editor }: NodeViewProps) {
  const { file_id, alt, caption, width, height, upload } = node.attrs;
  const state = useSending(upload);
  const src = useImages()(file_id) ?? state?.src;
  const isEditable = editor.isEditable;
  const percent = Math.round((state?.share ?? 0) * 100);
  return (
    <NodeViewWrapper className="picture-view" data-selected={selected || undefined}>
      <div className="picture-frame" data-drag-handle>
        {src ? (
          <img src={src} alt={alt} width={width ?? undefined} height={height ?? undefined} />
        ) : (
          <span className="picture-missing">
            <IconPhoto size={28} stroke={1.5} aria-hidden />
            <span>{alt || t("image.unseen")}</span>
          </span>
        )}
      </div>
      {state &&
        (state.problem === null ? (
          <div role="status">
            <span className="small muted">{t("image.uploading", { name: state.name, percent })}</span>
            <Progress
              value={percent}
              size="sm"
              aria-label={t("image.uploading", { name: state.name, percent })}
            />
          </div>
        ) : (
          <div role="alert" className="picture-problem">
            <span className="field-error">{state.problem}</span>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                void send(upload).then((sent) => sent && updateAttributes({ ...sent, upload: null }))
              }
            >
              {t("image.again")}
            </Button>
          </div>
        ))}
      {isEditable && (
        // Keys typed here are for these fields, not for the article.
        <div className="picture-words" contentEditable={false}>
          <TextInput
            label={t("image.alt")}
            inputWrapperOrder={["label", "input", "description"]}
            description={alt.trim() ? undefined : t("image.alt.help")}
            data-missing={alt.trim() ? undefined : true}
            value={alt}
            maxLength={500}
            onChange={(event) => updateAttributes({ alt: event.currentTarget.value })}
          />
          <TextInput
            label={t("image.caption")}
            value={caption}
            maxLength={500}
            onChange={(event) => updateAttributes({ caption: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => {
              if (upload) stop(upload);
              deleteNode();
              editor.commands.focus();
            }}
          >
            {t("image.remove")}
          </Button>
        </div>
      )}
    </NodeViewWrapper>
  );
}

function VideoView({ node, deleteNode, selected, editor }: NodeViewProps) {
  return (
    <NodeViewWrapper className="video-view" data-selected={selected || undefined} data-drag-handle>
      <span className="video-card">
        <VideoCard href={node.attrs["href"]} />
      </span>
      {editor.isEditable && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => {
            deleteNode();
            editor.commands.focus();
          }}
        >
          {t("video.remove")}
        </Button>
      )}
    </NodeViewWrapper>
  );
}

const ownKeys = {
  // Fields inside keep their events; dragging and clicking the frame is the editor's.
  stopEvent: ({ event }: { event: Event }) =>
    event.target instanceof HTMLElement && event.target.closest("input, button") !== null,
};

/** The atoms with their screens. */
export const views = {
  picture: Picture.extend({ addNodeView: () => ReactNodeViewRenderer(PictureView, ownKeys) }),
  video: Video.extend({ addNodeView: () => ReactNodeViewRenderer(VideoView, ownKeys) }),
};
