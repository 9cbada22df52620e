/** The parts of a knowledge base's screen, as its address names them. */
export const KNOWLEDGE_TABS = ["articles", "categories", "checks", "search", "insights", "settings"] as const;
export type KnowledgeTab = (typeof KNOWLEDGE_TABS)[number];
