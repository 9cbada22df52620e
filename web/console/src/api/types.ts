/** What screens name of the shapes that /api/v1 speaks. They are generated from the server's own description of itself
 *  (`npm run generate`); nothing is written twice. Times are UTC milliseconds. */

import type { components } from "@pocketdesk/client/api.generated";

type Schemas = components["schemas"];

/** A page of any list: `after` leads to the next, null ends it. */
export interface Page<Item> {
  items: Item[];
  after: string | null;
}

export type Named = Schemas["NamedOut"];

export type Session = Schemas["SessionOut"];
export type Membership = Schemas["SessionAccount"];
export type Permission = Schemas["Permission"];
export type Presence = Membership["user"]["status"];
export type Invitation = Schemas["InvitationOut"];
export type Invited = Schemas["InvitedOut"];

export type User = Schemas["UserOut"];
export type Team = Schemas["TeamOut"];
export type PermissionSet = Schemas["PermissionSetOut"];
export type ApiToken = Schemas["TokenOut"];
export type Integration = Schemas["IntegrationOut"];
export type Integrations = Schemas["IntegrationsOut"];
export type IntegrationScope = Schemas["ScopeOut"];
export type MadeIntegration = Schemas["NewIntegrationOut"];
export type Connection = Schemas["ConnectionOut"];
export type Authorization = Schemas["AuthorizationOut"];
export type Identity = Schemas["IdentityOut"];
export type IdentityKey = Schemas["IdentityKeyOut"];
export type NewIdentityKey = Schemas["NewIdentityKeyOut"];
export type Webhook = Schemas["WebhookOut"];
export type MadeWebhook = Schemas["MadeWebhookOut"];
export type Delivery = Schemas["DeliveryOut"];
export type DeliveryState = Delivery["state"];
export type Tried = Schemas["OutcomeOut"];
export type Push = Schemas["PushOut"];
export type PushProvider = Schemas["ProviderOut"];
export type AuditEntry = Schemas["AuditEntryOut"];

export type Inbox = Schemas["InboxOut"];
export type InboxType = Inbox["type"];
export type Channel = Schemas["ChannelOut"];
export type Font = Channel["font"];
export type Availability = Schemas["Availability"];
export type SdkConfig = Schemas["SdkConfigOut"];

export type Contact = Schemas["ContactOut"];
export type Consents = Schemas["ConsentsOut"];

export type Language = Schemas["LanguageOut"];
export type ChatflowRow = Schemas["ChatflowOut"];
export type Chatflow = Schemas["WholeChatflowOut"];
export type ChatflowDocument = Schemas["Document"];

/** What the chat page begins with. */
export type PageConfig = Schemas["PageOut"];
export type Explanation = Schemas["ExplanationOut"];

export type Assignables = Schemas["AssignablesOut"];
export type Skill = Schemas["SkillOut"];
export type UserRouting = Schemas["UserRoutingOut"];
export type RoutingSettings = Schemas["SettingsOut"];
export type SimulationAsked = Schemas["SimulationIn"];
export type Simulation = Schemas["SimulationOut"];
export type PrivacySettings = Schemas["PrivacyOut"];
export type SubscriptionType = Schemas["SubscriptionTypeOut"];
export type PersonCopy = Schemas["ExportOut"];
export type Erasure = Schemas["ErasureOut"];
export type Survey = Schemas["SurveyOut"];
export type SurveyWording = Schemas["WordingOut"];
export type SurveyResults = Schemas["ResultsOut"];
export type Submission = Schemas["SubmissionOut"];
