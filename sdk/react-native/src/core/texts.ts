/** The SDK's own few texts, in the languages that those of Android and iOS speak. */
const TEXTS = {
  en: { notLoaded: "The chat could not be loaded.", tryAgain: "Try again" },
  de: { notLoaded: "Der Chat konnte nicht geladen werden.", tryAgain: "Erneut versuchen" },
  es: { notLoaded: "No se ha podido cargar el chat.", tryAgain: "Reintentar" },
  fr: { notLoaded: "Impossible de charger le chat.", tryAgain: "Réessayer" },
  it: { notLoaded: "Impossibile caricare la chat.", tryAgain: "Riprova" },
  nl: { notLoaded: "De chat kon niet worden geladen.", tryAgain: "Opnieuw proberen" },
  pt: { notLoaded: "Não foi possível carregar o chat.", tryAgain: "Tentar novamente" },
} as const;

/** They in the language of a locale (`pt-BR`, `de_AT`), or in English. */
export function texts(locale: string): { notLoaded: string; tryAgain: string } {
  const language = locale.toLowerCase().replace(/[-_].*/, "");
  return Object.hasOwn(TEXTS, language) ? TEXTS[language as keyof typeof TEXTS] : TEXTS.en;
}
