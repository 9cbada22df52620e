import { useQuery } from "@tanstack/react-query";
import { languagesQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";

export interface Languages {
  all: { code: string; name: string }[];
  nameOf: (code: string) => string;
  dirOf: (code: string) => "ltr" | "rtl";
}

/** The languages that articles can be written in. */
export function useLanguages(): Languages {
  const all = useQuery(languagesQuery(useAccount().id)).data ?? [];
  const find = (code: string) => all.find((one) => one.code === code);
  return {
    all,
    nameOf: (code) => find(code)?.name ?? code,
    dirOf: (code) => find(code)?.direction ?? "ltr",
  };
}

/** A name in the first of these languages that has one. */
export function named(names: Readonly<Record<string, string>>, languages: readonly string[]): string {
  for (const code of languages) if (names[code]) return names[code];
  return Object.values(names)[0] ?? "";
}
