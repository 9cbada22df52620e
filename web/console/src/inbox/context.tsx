import { Badge, Button, Group, Stack, TextInput, Tooltip } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { CommandRefused, type ConversationState } from "@pocketdesk/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import type { Contact, Page } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { dateOnly, dateTime } from "../app/time.ts";
import { say } from "../app/undo.tsx";
import type { Commands } from "../live/live.tsx";
import { personName } from "./conversation.tsx";
import { EarlierList } from "./earlier.tsx";
import { personQuery } from "./queries.ts";
import { Face, platformName } from "./row.tsx";
import { t } from "./texts.ts";

interface ContextProps {
  state: ConversationState;
  commands: Commands;
}

/** Who this is, on what device, and what was said before. */
export function Context({ state, commands }: ContextProps) {
  const { conversation } = state;
  const account = useAccount();
  const person = useQuery(personQuery(account.id, conversation.id));
  const { contact } = conversation;
  const {
    delivery_identifier: identifier,
    delivery_identifier_type: identifierType = "",
    ...told
  } = person.data?.visitor.properties ?? {};
  const properties = Object.entries(told);
  return (
    <div className="context-body">
      <section>
        <div className="context-who">
          <Face
            name={contact ? contact.name : conversation.visitor_name}
            color={(contact?.id ?? conversation.visitor_id) % 8}
            size={44}
          />
          <div>
            <strong>{personName(state)}</strong>
            {contact?.email && (
              <Group gap={6}>
                <a href={`mailto:${contact.email}`}>{contact.email}</a>
                <Tooltip label={t("person.unverified.why")} disabled={contact.verified} multiline w={240}>
                  <Badge size="sm" variant="light" color={contact.verified ? "green" : "gray"}>
                    {t(contact.verified ? "person.verified" : "person.unverified")}
                  </Badge>
                </Tooltip>
              </Group>
            )}
            {person.data && (
              <p className="muted small">
                {t("person.since", { date: dateOnly(person.data.visitor.created_at) })}
              </p>
            )}
          </div>
        </div>
        {contact ? (
          <Link
            className="small"
            to="/a/$accountId/contacts/$contactId"
            params={{ accountId: String(account.id), contactId: String(contact.id) }}
          >
            {t("person.open")}
          </Link>
        ) : (
          <Associate conversationId={conversation.id} commands={commands} />
        )}
      </section>
      {identifier && (
        <section>
          <h3>{t("reached")}</h3>
          <dl className="facts">
            <Fact name={t(IDENTIFIERS[identifierType] ?? "reached.other")} value={identifier} />
          </dl>
        </section>
      )}
      {(conversation.channel.kind !== "custom" || properties.length > 0) && (
        <section>
          <h3>{t("device")}</h3>
          {properties.length > 0 ? (
            <dl className="facts">
              {properties.map(([key, value]) => (
                <div key={key}>
                  <dt>{propertyName(key)}</dt>
                  <dd dir="auto">{propertyValue(key, value)}</dd>
                </div>
              ))}
            </dl>
          ) : (
            <p className="muted small">{person.isPending ? " " : t("device.none")}</p>
          )}
        </section>
      )}
      <section>
        <h3>{t("details")}</h3>
        <dl className="facts">
          <Fact name={t("details.inbox")} value={conversation.inbox.name} />
          <Fact name={t("details.channel")} value={conversation.channel.name} />
          {conversation.chatflow && <Fact name={t("details.chatflow")} value={conversation.chatflow.name} />}
          <Fact name={t("details.language")} value={languageName(conversation.language)} />
          <Fact name={t("details.created")} value={dateTime(conversation.created_at)} />
          <Fact name={t("details.number")} value={String(conversation.id)} />
        </dl>
      </section>
      <section>
        <h3>{t("earlier")}</h3>
        <EarlierList
          rows={(person.data?.earlier ?? []).filter(({ id }) => id !== conversation.id)}
          none={person.isPending ? " " : t("earlier.none")}
        />
      </section>
    </div>
  );
}

/** What programs that bring channels call the ways to reach somebody. */
const IDENTIFIERS: Record<string, "reached.email" | "reached.phone" | "reached.code"> = {
  HS_EMAIL_ADDRESS: "reached.email",
  HS_PHONE_NUMBER: "reached.phone",
  HS_SHORT_CODE: "reached.code",
};

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}

const languages = new Intl.DisplayNames(undefined, { type: "language" });
const languageName = (code: string): string => languages.of(code) ?? code;

/** `app_version` and `appVersion` as `App version`. */
export function propertyName(key: string): string {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim()
    .toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/^(Os|Sdk)\b/, (word) =>
    word.toUpperCase(),
  );
}

/** What an app tells, as people say it: `true` of a permission as `Allowed`, a battery's `80` as `80 %`. */
export function propertyValue(key: string, value: string): string {
  if (key === "platform") return platformName(value);
  if (key === "battery_level" && /^\d+$/.test(value)) return `${value} %`;
  if (key.endsWith("_permissions") && (value === "true" || value === "false"))
    return t(value === "true" ? "device.allowed" : "device.denied");
  return value;
}

/** Gives the visitor a contact: the one with this e-mail, or a new one. */
function Associate({ conversationId, commands }: { conversationId: number; commands: Commands }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [isOpen, { open, close }] = useDisclosure(false);
  const form = useForm({
    initialValues: { email: "", name: "" },
    validate: { email: (email) => (isEmail(email) ? null : t("associate.email.required")) },
  });
  const [settled] = useDebouncedValue(form.values.email.trim().toLowerCase(), 250);
  const match = useQuery({
    queryKey: [account.id, "contact-by-email", settled],
    queryFn: async ({ signal }) => {
      const page = await call<Page<Contact>>("GET", `/accounts/${account.id}/contacts`, {
        query: { search: settled, limit: 20 },
        signal,
      });
      return page.items.find((contact) => contact.email?.toLowerCase() === settled) ?? null;
    },
    enabled: isOpen && isEmail(settled),
  });
  const associate = useMutation({
    mutationFn: ({ email, name }: typeof form.values) => commands.associate(email.trim(), name.trim()),
    onSuccess: async (_, { email }) => {
      say(t("associate.done", { name: match.data?.name || email.trim() }));
      await queries.invalidateQueries({ queryKey: [account.id, "person", conversationId] });
      await queries.invalidateQueries({ queryKey: [account.id, "contacts"] });
    },
    onError: (failure) => {
      if (!(failure instanceof CommandRefused)) return;
      const { fields, message } = failure.failure;
      form.setErrors(Object.keys(fields).length > 0 ? fields : { email: message });
    },
  });
  if (!isOpen) {
    return (
      <Stack gap={6} align="flex-start">
        <p className="muted small">{t("person.unknown")}</p>
        <Button variant="default" size="compact-md" onClick={open}>
          {t("associate")}
        </Button>
      </Stack>
    );
  }
  const found = isEmail(settled) ? match.data : undefined;
  return (
    <form noValidate onSubmit={form.onSubmit((values) => associate.mutate(values))}>
      <Stack gap="xs">
        <TextInput
          label={t("associate.email")}
          type="email"
          autoFocus
          {...form.getInputProps("email")}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
          }}
        />
        {found && (
          <p className="small" role="status">
            {t("associate.matches", { email: settled, name: found.name || settled })}
          </p>
        )}
        {found === null && (
          <>
            <p className="muted small" role="status">
              {t("associate.new")}
            </p>
            <TextInput label={t("associate.name")} {...form.getInputProps("name")} />
          </>
        )}
        <Group gap="xs">
          <Button type="submit" size="compact-md" loading={associate.isPending}>
            {found ? t("associate.match", { name: found.name || settled }) : t("associate.create")}
          </Button>
          <Button variant="subtle" color="gray" size="compact-md" onClick={close}>
            {t("associate.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const isEmail = (text: string): boolean => /^\S+@\S+$/.test(text.trim());
