import { Section } from "../../app/controls/section.tsx";
import { DOCS } from "../../app/docs.ts";
import { ChooseBase } from "../choose-knowledge-base.tsx";
import { t } from "../texts.ts";
import type { TabProps } from "./tab.ts";

export function KnowledgeBaseTab({ draft, errorAt, change }: TabProps) {
  return (
    <Section title={t("help.section")} docs={DOCS.help}>
      <ChooseBase
        value={draft.knowledge_base}
        error={errorAt("knowledge_base")}
        onChange={(knowledge_base) => change({ knowledge_base })}
        language={draft.language}
      />
    </Section>
  );
}
