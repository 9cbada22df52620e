import { Modal, SegmentedControl, useComputedColorScheme } from "@mantine/core";
import { accentColours } from "@pocketdesk/design/contrast";
import { type CSSProperties, useState } from "react";
import type { Script } from "../app/controls/own-text.tsx";
import { Phone } from "../app/phone.tsx";
import { Blocks } from "./blocks.tsx";
import type { Written } from "./merge.ts";
import { t } from "./texts.ts";
import { type Images, ImagesProvider } from "./writing/images.ts";

interface PreviewProps {
  written: Written;
  images: Images;
  script: Script;
  accent: string;
  onClose: () => void;
}

/** The article as it stands, on a phone. */
export function Preview({ written, images, script, accent, onClose }: PreviewProps) {
  const own = useComputedColorScheme("light");
  const [scheme, setScheme] = useState<"light" | "dark">(own);
  return (
    <Modal opened onClose={onClose} title={t("preview")} size={520}>
      <div className="article-preview">
        <SegmentedControl
          size="xs"
          aria-label={t("preview.appearance")}
          value={scheme}
          onChange={(value) => setScheme(value as "light" | "dark")}
          data={(["light", "dark"] as const).map((value) => ({ value, label: t(`preview.${value}`) }))}
        />
        <div className="article-preview-room">
          <Phone>
            <ImagesProvider value={images}>
              <article
                className="article-phone"
                data-mantine-color-scheme={scheme}
                style={{ colorScheme: scheme, "--brand": accentColours(accent, scheme).ink } as CSSProperties}
                {...script}
              >
                <h2 className="article-phone-title">{written.title || t("untitled")}</h2>
                {written.subtitle && <p className="muted">{written.subtitle}</p>}
                <div className="article-body">
                  <Blocks blocks={written.body.blocks} />
                </div>
              </article>
            </ImagesProvider>
          </Phone>
        </div>
      </div>
    </Modal>
  );
}
