/** Where the chat is: the server, the account, and the word by which the app asks for its chatflow. */
export interface Configuration {
  server_url: string;
  account_id: number;
  mobile_tag: string;
}

/** Why there is no chat to show. Each has a text of its own on the screen. */
export type Problem =
  | "missing_configuration"
  | "broken_configuration"
  | "missing_server"
  | "bad_server"
  | "insecure_server"
  | "bad_account"
  | "missing_mobile_tag";

/** What is wrong with a configuration. */
export class ConfigurationError extends Error {
  constructor(readonly problem: Problem) {
    super(PROBLEMS[problem]);
    this.name = "ConfigurationError";
  }
}

export const PROBLEMS: Record<Problem, string> = {
  missing_configuration: "Pocketdesk is not configured: call Pocketdesk.configure first.",
  broken_configuration: "The configuration of Pocketdesk is no JSON object.",
  missing_server: "The configuration of Pocketdesk names no server_url.",
  bad_server: "server_url must be an address like https://chat.example.org.",
  insecure_server: "server_url must begin with https://, except for a server on this machine or network.",
  bad_account: "account_id must be the number of your account.",
  missing_mobile_tag: "The configuration of Pocketdesk names no mobile_tag.",
};

/** The configuration from a file's text or from an object; throws `ConfigurationError`. Unknown keys are left alone. */
export function parseConfiguration(given: string | object | null | undefined): Configuration {
  if (given === null || given === undefined) throw new ConfigurationError("missing_configuration");
  const fields = typeof given === "string" ? decode(given) : (given as Record<string, unknown>);
  const { server_url, account_id, mobile_tag } = fields;
  if (server_url === undefined || server_url === "") throw new ConfigurationError("missing_server");
  const server = typeof server_url === "string" ? ADDRESS.exec(server_url.trim()) : null;
  if (!server) throw new ConfigurationError("bad_server");
  const [address, scheme, host] = server as unknown as [string, string, string];
  if (scheme === "http" && !isHere(host)) throw new ConfigurationError("insecure_server");
  if (typeof account_id !== "number" || !Number.isSafeInteger(account_id) || account_id < 1) {
    throw new ConfigurationError("bad_account");
  }
  const tag = typeof mobile_tag === "string" ? mobile_tag.trim() : "";
  if (!tag) throw new ConfigurationError("missing_mobile_tag");
  return { server_url: address.replace(/\/+$/, ""), account_id, mobile_tag: tag };
}

/** The address of the chat page. It never holds who the visitor is. */
export function pageAddress({ server_url, account_id, mobile_tag }: Configuration): string {
  const tag = encodeURIComponent(mobile_tag).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${server_url}/conversations-visitor-embed?portalId=${account_id}&chatflow=${tag}`;
}

const ADDRESS = /^(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?:\/[\w./~-]*)?$/i;

/** A server on this machine or in this network, where a developer may go without a certificate. */
function isHere(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|10(\.\d{1,3}){3}|192\.168(\.\d{1,3}){2}|172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}|\[::1\]|[\w-]+\.local)$/i.test(
    host,
  );
}

function decode(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError("broken_configuration");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigurationError("broken_configuration");
  }
  return value as Record<string, unknown>;
}
