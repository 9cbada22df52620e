import { useSuspenseQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, use } from "react";
import { sessionQuery } from "../api/queries.ts";
import type { Membership, Permission, Session } from "../api/types.ts";

interface Place {
  session: Session;
  account: Membership;
}

const AccountContext = createContext<Place | null>(null);

/** Gives everything below it the account of the address; `outside` when the signed-in person is not in it. */
export function AccountProvider({
  accountId,
  outside,
  children,
}: {
  accountId: number;
  outside: (session: Session) => ReactNode;
  children: ReactNode;
}) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const account = session.accounts.find((candidate) => candidate.id === accountId);
  if (!account) return outside(session);
  return <AccountContext value={{ session, account }}>{children}</AccountContext>;
}

export function useAccount(): Membership {
  return usePlace().account;
}

export function usePlace(): Place {
  const place = use(AccountContext);
  if (!place) throw new Error("outside of an account");
  return place;
}

/** Whoever writes articles and whoever publishes them both see them all. */
export const AUTHORS = ["knowledge_edit", "knowledge_publish"] as const satisfies readonly Permission[];

/** Whether the signed-in user's permission set includes a right here, or one of some. */
export function useMay(...some: readonly Permission[]): boolean {
  const { permissions } = useAccount().user;
  return some.some((permission) => permissions.includes(permission));
}
