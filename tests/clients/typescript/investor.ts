// An investor: reads the newest list to its end, asks why, tries another idea, signs out.

import assert from "node:assert/strict";
import { anybody, bearer, good, refused, signIn, tagOf, type Api, type Schemas } from "./demo.js";

const isCard = (entry: Schemas["ListEntry"]): entry is Schemas["InvestorView"] => !("gone" in entry);

const allEntries = async (api: Api, id: string): Promise<Schemas["InvestorView"][]> => {
  const entries: Schemas["InvestorView"][] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 3 } : { limit: 3, cursor };
    const page: Schemas["ListEntryPage"] = good(
      await api.GET("/v1/match-lists/{id}/entries", { params: { path: { id }, query } }),
    );
    entries.push(...page.items.filter(isCard));
    cursor = page.next;
  } while (cursor !== null);
  return entries;
};

const whatIf: Schemas["CriteriaDocument"] = {
  title: { id: "Produk dulu", en: "Product first" },
  filters: [{ field: "kota", op: "in", value: ["31.75"], on_unknown: "include_flagged" }],
  preferences: [
    { field: "dimension.PRD", weight: 70, value: { kind: "linear", from: 0, to: 100 } },
    { field: "dimension.MGT", weight: 30, missing: "neutral", value: { kind: "points", points: [[0, 0], [60, 1]] } },
  ],
  limit: 3,
};

export const investorSession = async (): Promise<void> => {
  const tokens = await signIn("investor");
  assert.equal(tokens.token_type, "Bearer");
  let api = bearer(tokens.access_token);
  const me = good(await api.GET("/v1/me"));
  assert.equal(me.role, "investor");
  assert(me.investor_id);

  const lists = good(await api.GET("/v1/match-lists", { params: { query: { limit: 5 } } }));
  const list = lists.items[0];
  assert(list, "no list");
  assert.equal(list.state, "published");
  assert.equal(list.investor_id, me.investor_id);

  const entries = await allEntries(api, list.id);
  assert.equal(entries.length, list.entries_total);
  assert.deepEqual(entries.map((entry) => entry.position), entries.map((_, at) => at + 1));
  assert.equal(new Set(entries.map((entry) => entry.card.code)).size, entries.length);

  const path = { id: list.id, position: 1 };
  const first = good(await api.GET("/v1/match-lists/{id}/entries/{position}", { params: { path } }));
  assert(isCard(first));
  assert.deepEqual(first, entries[0]);
  const points = first.explanation.contributions.map((contribution) => contribution.points);
  assert(Math.abs(points.reduce((sum, one) => sum + one, 0) - first.score) < 1e-6, "points add up to the score");

  const fresh = await api.GET("/v1/match-lists/{id}", { params: { path: { id: list.id } } });
  const header = { "If-None-Match": tagOf(fresh.response) };
  const again = await api.GET("/v1/match-lists/{id}", { params: { path: { id: list.id }, header } });
  assert.equal(again.response.status, 304);

  const ranked = good(await api.POST("/v1/rankings", { body: { document: whatIf } }));
  assert("items" in ranked, "an investor gets cards");
  assert(ranked.items.length > 0 && ranked.items.length <= 3);
  const hidden: Schemas["CriteriaDocument"] = {
    ...whatIf,
    preferences: [{ field: "no.such.field", weight: 1, value: { kind: "linear", from: 0, to: 1 } }],
  };
  const problem = refused(await api.POST("/v1/rankings", { body: { document: hidden } }), "invalid_body");
  assert.equal(problem.errors?.[0]?.pointer, "/document/preferences/0/field");
  refused(await api.GET("/v1/cohorts"), "forbidden");

  const { refresh_token } = tokens;
  const renewed = good(await anybody().POST("/v1/auth/refresh", { body: { refresh_token } }));
  api = bearer(renewed.access_token);
  assert.equal(good(await api.GET("/v1/me")).id, me.id);

  const out = await api.POST("/v1/auth/logout", { body: { refresh_token: renewed.refresh_token } });
  assert.equal(out.response.status, 204);
  const ended = { refresh_token: renewed.refresh_token };
  refused(await anybody().POST("/v1/auth/refresh", { body: ended }), "wrong_credentials");
  refused(await api.GET("/v1/me"), "unauthenticated");
};
