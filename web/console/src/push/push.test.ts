import { describe, expect, it } from "vitest";
import { failureWords, isFailing } from "./failures.ts";
import { isSubject, keyIdIn, subjectOf } from "./given.ts";

describe("failures of push", () => {
  it("are told by what they mean", () => {
    expect(failureWords("apns", "InvalidProviderToken")).toContain("Check key ID and team ID");
    expect(failureWords("fcm", "status 400")).toContain("make a new one");
    expect(failureWords("webpush", "status 403")).toContain("allow notifications again");
  });

  it("are told by their number where they have no name", () => {
    expect(failureWords("webpush", "status 429")).toContain("asked to wait");
    expect(failureWords("apns", "status 503")).toContain("fault of its own");
    expect(failureWords("webpush", "status 413")).toBe("The service refused with status 413.");
  });

  it("stand as they are where nobody has words for them", () => {
    expect(failureWords("apns", "no whole answer within 10 seconds")).toBe(
      "No whole answer within 10 seconds.",
    );
  });

  it("are over once a push got through", () => {
    const service = { kind: "apns", name: "", created_at: 1, created_by: "", failure: "Shutdown" } as const;
    expect(isFailing({ ...service, sent_at: null, failed_at: 3 })).toBe(true);
    expect(isFailing({ ...service, sent_at: 2, failed_at: 3 })).toBe(true);
    expect(isFailing({ ...service, sent_at: 4, failed_at: 3 })).toBe(false);
    expect(isFailing({ ...service, sent_at: 4, failed_at: null })).toBe(false);
  });
});

describe("what is given for a key", () => {
  it("has the key id in the name of Apple's file, even after a second download", () => {
    expect(keyIdIn("AuthKey_ABC1234567.p8")).toBe("ABC1234567");
    expect(keyIdIn("AuthKey_ABC1234567 (1).p8")).toBe("ABC1234567");
    expect(keyIdIn("push.p8")).toBe("");
    expect(keyIdIn("AuthKey_ABC12345678.p8")).toBe("");
  });

  it("is an address that push services can write to", () => {
    expect(subjectOf(" ops@example.org ")).toBe("mailto:ops@example.org");
    expect(subjectOf("mailto:ops@example.org")).toBe("mailto:ops@example.org");
    expect(subjectOf("https://example.org/contact")).toBe("https://example.org/contact");
    expect(isSubject("ops@example.org")).toBe(true);
    expect(isSubject("example.org")).toBe(false);
    expect(isSubject("http://example.org")).toBe(false);
  });
});
