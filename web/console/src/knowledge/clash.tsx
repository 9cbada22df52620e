import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Script } from "../app/controls/own-text.tsx";
import { Blocks } from "./blocks.tsx";
import type { Clash } from "./draft.ts";
import { type Choice, LINES, type Line } from "./merge.ts";
import { t } from "./texts.ts";
import { type Images, ImagesProvider } from "./writing/images.ts";

interface ClashDialogProps {
  clash: Clash;
  script: Script;
  images: Images;
  onSettle: (choose: (clash: Line | number) => Choice) => void;
}

/**
 * Two people changed the same place. Both versions stand side by side; nothing is saved, and nothing lost, before one
 * is chosen. Of blocks both can be kept, and are unless somebody says otherwise.
 */
export function ClashDialog({ clash, script, images, onSettle }: ClashDialogProps) {
  const [choices, setChoices] = useState<ReadonlyMap<Line | number, Choice>>(new Map());
  const choose = (where: Line | number, choice: Choice) => setChoices(new Map(choices).set(where, choice));
  const by = clash.by ?? t("clash.somebody");
  const { merge } = clash;
  return (
    <Modal
      opened
      size="xl"
      title={t("clash.title", { name: by })}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      onClose={() => undefined}
    >
      <ImagesProvider value={images}>
        <Stack gap="lg">
          <p>{t("clash.why", { count: merge.clashes })}</p>
          {LINES.map((line) => {
            const found = merge.lines[line];
            return (
              "mine" in found && (
                <Pair
                  key={line}
                  label={t(`clash.line.${line}`)}
                  choice={choices.get(line) ?? "mine"}
                  isBoth={false}
                  mine={found.mine}
                  theirs={found.theirs}
                  {...{ by, script }}
                  onChoose={(choice) => choose(line, choice)}
                />
              )
            );
          })}
          {merge.pieces.map(
            (piece, place) =>
              piece.kind === "clash" && (
                <Pair
                  // biome-ignore lint/suspicious/noArrayIndexKey: the place names the piece.
                  key={place}
                  label={t("clash.part")}
                  choice={choices.get(place) ?? "both"}
                  isBoth
                  mine={<Words>{piece.mine.length > 0 && <Blocks blocks={piece.mine} />}</Words>}
                  theirs={<Words>{piece.theirs.length > 0 && <Blocks blocks={piece.theirs} />}</Words>}
                  {...{ by, script }}
                  onChoose={(choice) => choose(place, choice)}
                />
              ),
          )}
          <Group justify="flex-end">
            <Button
              data-autofocus
              onClick={() =>
                onSettle((where) => choices.get(where) ?? (typeof where === "number" ? "both" : "mine"))
              }
            >
              {t("clash.settle")}
            </Button>
          </Group>
        </Stack>
      </ImagesProvider>
    </Modal>
  );
}

function Words({ children }: { children: ReactNode }) {
  return children ? (
    <div className="article-body">{children}</div>
  ) : (
    <p className="muted">{t("clash.removed")}</p>
  );
}

interface PairProps {
  label: string;
  by: string;
  script: Script;
  choice: Choice;
  isBoth: boolean;
  mine: ReactNode;
  theirs: ReactNode;
  onChoose: (choice: Choice) => void;
}

function Pair({ label, by, script, choice, isBoth, mine, theirs, onChoose }: PairProps) {
  return (
    <Radio.Group label={label} value={choice} onChange={(value) => onChoose(value as Choice)}>
      <div className="clash-pair">
        {(
          [
            ["mine", t("clash.mine"), mine],
            ["theirs", t("clash.theirs", { name: by }), theirs],
          ] as const
        ).map(([value, name, words]) => (
          <div
            key={value}
            className="clash-side"
            data-chosen={choice === value || choice === "both" || undefined}
          >
            <Radio value={value} label={name} />
            <div className="clash-words" {...script}>
              {words}
            </div>
          </div>
        ))}
      </div>
      {isBoth && <Radio value="both" label={t("clash.both")} />}
    </Radio.Group>
  );
}
