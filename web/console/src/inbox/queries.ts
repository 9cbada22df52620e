import type { Row } from "@pocketdesk/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import type { Page } from "../api/types.ts";

export interface Visitor {
  id: number;
  created_at: number;
  properties: Record<string, string>;
}

/** Who a conversation is with: device, contact, and what they wrote before. */
export interface PersonPanel {
  visitor: Visitor;
  earlier: Row[];
}

export const conversationsQuery = (account: number, question: object) =>
  queryOptions({
    queryKey: [account, "conversations", question],
    queryFn: ({ signal }) =>
      call<Page<Row>>("GET", `/accounts/${account}/conversations`, {
        query: { limit: 30, ...question },
        signal,
      }),
  });

/** A list of conversations page after page, newest activity first. */
export const conversationPagesQuery = (account: number, question: object) =>
  infiniteQueryOptions({
    queryKey: [account, "conversation-pages", question],
    queryFn: ({ signal, pageParam }) =>
      call<Page<Row>>("GET", `/accounts/${account}/conversations`, {
        query: { ...question, limit: 50, after: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Row>) => page.after,
  });

export const personQuery = (account: number, conversation: number) =>
  queryOptions({
    queryKey: [account, "person", conversation],
    queryFn: ({ signal }) =>
      call<PersonPanel>("GET", `/accounts/${account}/conversations/${conversation}/person`, { signal }),
  });
