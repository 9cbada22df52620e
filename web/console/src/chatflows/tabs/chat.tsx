import { Anchor, NumberInput, Radio, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { inboxQuery } from "../../api/queries.ts";
import type { Availability } from "../../api/types.ts";
import { useAccount } from "../../app/account.tsx";
import { AvailabilityFields } from "../../app/controls/availability.tsx";
import { ImageUpload } from "../../app/controls/image-upload.tsx";
import { OwnText } from "../../app/controls/own-text.tsx";
import { PickPeople } from "../../app/controls/pick-people.tsx";
import { Inset, Section, SectionList } from "../../app/controls/section.tsx";
import { DOCS } from "../../app/docs.ts";
import type { Setting } from "../changes.ts";
import { t } from "../texts.ts";
import { Assignment, useChoosable } from "./assignment.tsx";
import type { TabProps } from "./tab.ts";

export function ChatTab(props: TabProps) {
  const { draft, errorAt, change, changed, usual, script } = props;
  return (
    <div className="with-list">
      <div>
        <Section id="begin" title={t("begin")} docs={DOCS.welcome}>
          <OwnText
            label={t("welcome")}
            help={t("welcome.help")}
            rows={3}
            tokens
            value={draft.welcome}
            usual={usual.welcome}
            script={script}
            error={errorAt("chat.welcome")}
            onChange={(welcome) => change({ welcome })}
          />
        </Section>
        <Assignment {...props} />
        <EmailCapture {...props} />
        <ChatHeading {...props} />
        <OwnAvailability {...props} />
        <Display {...props} />
        <Section id="controls" title={t("controls")}>
          <Switch
            label={t("close_button")}
            description={t("close_button.help")}
            checked={draft.close_button}
            error={errorAt("chat.close_button")}
            onChange={(event) => change({ close_button: event.currentTarget.checked })}
          />
          <Switch
            label={t("attachments")}
            description={t("attachments.help")}
            checked={draft.attachments}
            error={errorAt("chat.attachments")}
            onChange={(event) => change({ attachments: event.currentTarget.checked })}
          />
        </Section>
      </div>
      <SectionList
        label={t("sections")}
        sections={SECTIONS.map(([id, ...settings]) => ({
          id,
          title: (
            <>
              {t(id)}
              {settings.some((setting) => changed.includes(setting)) && (
                <span className="changed-dot" role="img" aria-label={t("tab.changed")} />
              )}
            </>
          ),
        }))}
      />
    </div>
  );
}

/** The sections by the texts of their titles, with the settings in them. */
const SECTIONS = [
  ["begin", "welcome"],
  ["assign", "assign"],
  ["capture", "email_capture"],
  ["heading", "heading"],
  ["availability", "availability"],
  ["display", "display"],
  ["controls", "close_button", "attachments"],
] as const satisfies [string, ...Setting[]][];

function EmailCapture({ draft, errorAt, change, usual, script }: TabProps) {
  const capture = draft.email_capture;
  const set = (changes: Partial<typeof capture>) => change({ email_capture: { ...capture, ...changes } });
  return (
    <Section id="capture" title={t("capture")} help={t("capture.help")} docs={DOCS.capture}>
      <Radio.Group
        label={t("capture.when")}
        value={capture.ask}
        error={errorAt("chat.email_capture.ask")}
        onChange={(ask) => set({ ask: ask as typeof capture.ask })}
      >
        <Stack gap="xs" mt={6}>
          {(["never", "after_first_message", "after_wait"] as const).map((ask) => (
            <Radio key={ask} value={ask} label={t(`capture.${ask}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {capture.ask !== "never" && (
        <Inset>
          {capture.ask === "after_wait" && (
            <NumberInput
              className="short-field"
              label={t("capture.wait")}
              min={1}
              max={3600}
              allowDecimal={false}
              suffix={` ${t("unit.seconds")}`}
              value={capture.wait_s}
              error={errorAt("chat.email_capture.wait_s")}
              onChange={(wait_s) => typeof wait_s === "number" && set({ wait_s })}
            />
          )}
          <OwnText
            label={t("capture.text")}
            value={capture.text}
            usual={usual.email_capture}
            script={script}
            error={errorAt("chat.email_capture.text")}
            onChange={(text) => set({ text })}
          />
        </Inset>
      )}
    </Section>
  );
}

function ChatHeading({ flow, draft, errorAt, change }: TabProps) {
  const heading = draft.heading;
  const set = (changes: Partial<typeof heading>) => change({ heading: { ...heading, ...changes } });
  const account = useAccount();
  const { everybody } = useChoosable(flow.inbox.id);
  return (
    <Section id="heading" title={t("heading")} help={t("heading.help")} docs={DOCS.heading}>
      <Radio.Group
        label={t("heading.kind")}
        value={heading.kind}
        error={errorAt("chat.heading.kind")}
        onChange={(kind) =>
          set({ kind: kind as typeof heading.kind, alias: kind === "brand" && heading.alias })
        }
      >
        <Stack gap="xs" mt={6}>
          {(["users_and_teams", "contact_owner", "brand"] as const).map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={t(`heading.${kind}`)}
              description={t(`heading.${kind}.why`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Inset>
        {heading.kind === "brand" ? (
          <>
            <TextInput
              label={t("heading.brand_name")}
              required
              maxLength={100}
              value={heading.brand_name ?? ""}
              error={errorAt("chat.heading.brand_name")}
              onChange={(event) => set({ brand_name: event.currentTarget.value || null })}
            />
            <ImageUpload
              label={t("heading.image")}
              help={t("heading.image.help")}
              purpose="brand"
              address={
                heading.brand_image_id === null ? null : `/brand/${account.id}/${heading.brand_image_id}`
              }
              error={errorAt("chat.heading.brand_image_id")}
              onChange={(brand_image_id) => set({ brand_image_id })}
            />
            <Switch
              label={t("heading.alias")}
              description={t("heading.alias.help")}
              checked={heading.alias}
              error={errorAt("chat.heading.alias")}
              onChange={(event) => set({ alias: event.currentTarget.checked })}
            />
          </>
        ) : (
          <PickPeople
            label={t(heading.kind === "contact_owner" ? "heading.people.otherwise" : "heading.people")}
            help={t("heading.people.help")}
            users={everybody.users}
            teams={everybody.teams}
            value={heading}
            error={errorAt("chat.heading.user_ids") ?? errorAt("chat.heading.team_ids")}
            onChange={set}
          />
        )}
      </Inset>
    </Section>
  );
}

function OwnAvailability({ flow, draft, errorAt, change, usual, script }: TabProps) {
  const account = useAccount();
  const inbox = useQuery(inboxQuery(account.id, flow.inbox.id));
  const channel = inbox.data?.channels.find((one) => one.kind === "mobile" && one.archived_at === null);
  const own = draft.availability;
  return (
    <Section id="availability" title={t("availability")} docs={DOCS.availability}>
      <Radio.Group
        label={t("availability.whose")}
        value={own ? "own" : "channel"}
        onChange={(whose) =>
          change({ availability: whose === "own" ? (channel?.availability ?? ALWAYS) : null })
        }
      >
        <Stack gap="xs" mt={6}>
          <Radio
            value="channel"
            label={t("availability.channel")}
            description={
              channel
                ? t(`availability.is.${channel.availability.kind}`, { channel: channel.name })
                : t("availability.channel.why")
            }
          />
          <Radio value="own" label={t("availability.own")} description={t("availability.own.why")} />
        </Stack>
      </Radio.Group>
      {own ? (
        <Inset>
          <AvailabilityFields
            value={own}
            usual={usual}
            script={script}
            errorAt={(path) => errorAt(`chat.availability.${path}`)}
            onChange={(availability) => change({ availability })}
          />
        </Inset>
      ) : (
        <Text size="sm">
          <Anchor
            renderRoot={(props) => (
              <Link
                {...props}
                to="/a/$accountId/settings/inboxes/$inboxId"
                params={{ accountId: String(account.id), inboxId: String(flow.inbox.id) }}
              />
            )}
          >
            {t("availability.settings", { inbox: flow.inbox.name })}
          </Anchor>
        </Text>
      )}
    </Section>
  );
}

const ALWAYS: Availability = {
  kind: "always",
  time_zone: "UTC",
  hours: [],
  holidays: [],
  reply_time: "none",
  away: "message",
  away_text: null,
  outside: "return_time",
  outside_text: null,
};

function Display({ draft, errorAt, change }: TabProps) {
  return (
    <Section id="display" title={t("display")} help={t("display.help")} docs={DOCS.display}>
      {(["desktop", "mobile"] as const).map((screen) => {
        const opening = draft.display[screen];
        const set = (changes: Partial<typeof opening>) =>
          change({ display: { ...draft.display, [screen]: { ...opening, ...changes } } });
        return (
          <div key={screen} className="opening">
            <Select
              label={t(`display.${screen}`)}
              value={opening.open}
              error={errorAt(`chat.display.${screen}.open`)}
              onChange={(open) => open && set({ open })}
              data={(["chat", "prompt", "launcher"] as const).map((open) => ({
                value: open,
                label: t(`display.${open}`),
              }))}
            />
            <NumberInput
              label={t(`display.${screen}.after`)}
              min={0}
              max={3600}
              allowDecimal={false}
              suffix={` ${t("unit.seconds")}`}
              value={opening.after_s}
              error={errorAt(`chat.display.${screen}.after_s`)}
              onChange={(after_s) => typeof after_s === "number" && set({ after_s })}
            />
          </div>
        );
      })}
    </Section>
  );
}
