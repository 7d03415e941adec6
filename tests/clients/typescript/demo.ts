// The running demo, and a client for each of its personas.

import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.js";

export type Schemas = components["schemas"];
/** Answers as JSON: a page can be had as CSV and as a workbook too. */
export type Api = Client<paths, Json>;

type Json = "application/json" | "application/problem+json";

interface Login {
  persona: string;
  username: string;
  password: string;
}

interface Demo {
  url: string;
  criteria_id: string;
  logins: Login[];
}

const read = (name: string): string => {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
};

/** What `sedaya demo --format json` printed. */
export const demo = JSON.parse(read("SEDAYA_DEMO")) as Demo;

/** The workshop sheet that the demo was loaded from. */
export const sheet = read("SEDAYA_SHEET");

export const anybody = (): Api => createClient<paths, Json>({ baseUrl: demo.url });

export const bearer = (token: string): Api => {
  const headers = { Authorization: `Bearer ${token}`, "Accept-Language": "en" };
  return createClient<paths, Json>({ baseUrl: demo.url, headers });
};

export const login = (persona: string): Login => {
  const found = demo.logins.find((one) => one.persona === persona);
  assert(found, `no login for ${persona}`);
  return found;
};

export const signIn = async (persona: string): Promise<Schemas["Tokens"]> => {
  const { username, password } = login(persona);
  return good(await anybody().POST("/v1/auth/token", { body: { username, password } }));
};

/** What a call answered, where it must have been answered well. */
export const good = <T>(call: { data?: T; error?: unknown; response: Response }): T => {
  assert(call.response.ok, `${call.response.url}: ${call.response.status} ${JSON.stringify(call.error)}`);
  assert(call.data !== undefined, call.response.url);
  return call.data;
};

/** The problem that a call must have been refused with. */
export const refused = (
  call: { error?: Schemas["Problem"]; response: Response },
  code: string,
): Schemas["Problem"] => {
  const problem = call.error;
  assert(problem, `${call.response.url}: ${call.response.status}, and no problem ${code}`);
  assert.equal(problem.code, code);
  assert.equal(problem.status, call.response.status);
  assert.equal(call.response.headers.get("content-type"), "application/problem+json");
  return problem;
};

/** The tag of a versioned answer. */
export const tagOf = (response: Response): string => {
  const tag = response.headers.get("etag");
  assert(tag, `${response.url}: no ETag`);
  return tag;
};
