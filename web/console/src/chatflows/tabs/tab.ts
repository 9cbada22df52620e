import type { Chatflow, Language } from "../../api/types.ts";
import type { Script } from "../../app/controls/own-text.tsx";
import type { Draft, Setting } from "../changes.ts";

/** What every part of the editor's form gets. */
export interface TabProps {
  flow: Chatflow;
  draft: Draft;
  /** The message at a path of the document, or below it. */
  errorAt: (path: string) => string | undefined;
  change: (changes: Partial<Draft>) => void;
  /** What is not saved yet. */
  changed: readonly Setting[];
  /** Default texts of the language that is chosen now, and how it is written. */
  usual: Language["defaults"];
  script: Script;
}
