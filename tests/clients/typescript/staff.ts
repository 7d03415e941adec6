// Staff: a cohort, a sheet that is checked before it is imported, new criteria under four eyes, a new list.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { bearer, demo, good, refused, sheet, signIn, tagOf, type Api, type Schemas } from "./demo.js";

const makeCohort = async (api: Api): Promise<Schemas["Cohort"]> => {
  const key = randomUUID();
  const send = () =>
    api.POST("/v1/cohorts", {
      params: { header: { "Idempotency-Key": key } },
      body: { name: "Angkatan TypeScript", starts_on: "2025-02-27", ends_on: "2025-02-28" },
    });
  const made = await send();
  const cohort = good(made);
  assert.equal(made.response.status, 201);
  assert.equal(made.response.headers.get("location"), `/v1/cohorts/${cohort.id}`);
  const replayed = await send();
  assert.deepEqual(good(replayed), cohort);
  assert.equal(replayed.response.headers.get("idempotency-replayed"), "true");
  const other = await api.POST("/v1/cohorts", {
    params: { header: { "Idempotency-Key": key } },
    body: { name: "Angkatan lain", starts_on: "2025-02-27", ends_on: "2025-02-28" },
  });
  refused(other, "idempotency_key_reused");

  const params = { path: { id: cohort.id }, header: { "If-Match": tagOf(made.response) } };
  const changed = await api.PATCH("/v1/cohorts/{id}", { params, body: { name: "Angkatan TypeScript, Februari" } });
  assert.equal(good(changed).version, cohort.version + 1);
  refused(await api.PATCH("/v1/cohorts/{id}", { params, body: { name: "Terlambat" } }), "stale_version");
  const empty = { ...params, header: { "If-Match": tagOf(changed.response) } };
  const problem = refused(await api.PATCH("/v1/cohorts/{id}", { params: empty, body: { name: "" } }), "invalid_body");
  assert.deepEqual(problem.errors?.map((fault) => [fault.pointer, fault.code]), [["/name", "too_short"]]);
  return good(changed);
};

/** Checks a sheet without importing it, and waits until that is done. */
const dryRun = async (api: Api, cohort: string, csv: string): Promise<Schemas["Import"]> => {
  const started = await api.POST("/v1/imports", {
    body: { cohort_id: cohort, dry_run: "true", mode: "valid_rows", file: csv },
    bodySerializer: (body) => {
      const form = new FormData();
      form.set("cohort_id", body.cohort_id);
      form.set("dry_run", body.dry_run ?? "false");
      form.set("mode", body.mode ?? "all_or_nothing");
      form.set("file", new Blob([body.file], { type: "text/csv" }), "lokakarya.csv");
      return form;
    },
  });
  assert.equal(started.response.status, 202);
  let job = good(started);
  while (job.finished_at === null) {
    await wait(50);
    job = good(await api.GET("/v1/imports/{id}", { params: { path: { id: job.id } } }));
  }
  return job;
};

const allFaults = async (api: Api, id: string): Promise<Schemas["ImportError"][]> => {
  const faults: Schemas["ImportError"][] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 40 } : { limit: 40, cursor };
    const page: Schemas["ImportErrorPage"] = good(
      await api.GET("/v1/imports/{id}/errors", { params: { path: { id }, query } }),
    );
    faults.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return faults;
};

const checkSheets = async (api: Api, cohort: string): Promise<void> => {
  const csv = await readFile(sheet, "utf8");
  const clean = await dryRun(api, cohort, csv);
  assert.equal(clean.errors_total, 0);
  assert(clean.rows >= 100);
  const spoilt = await dryRun(api, cohort, csv.replaceAll(",hadir langsung,", ",entah,"));
  const faults = await allFaults(api, spoilt.id);
  assert(faults.length > 40, "more than a page");
  assert.equal(faults.length, spoilt.errors_total);
  assert(faults.every((fault) => fault.row > 1 && fault.code !== ""));
  assert(faults.some((fault) => fault.column === "Kehadiran"));
};

const document: Schemas["CriteriaDocument"] = {
  title: { id: "Siap tumbuh", en: "Ready to grow" },
  filters: [{ field: "dimension.MGT", op: "gte", value: 20, on_unknown: "include_flagged" }],
  preferences: [
    { field: "dimension.MGT", weight: 60, value: { kind: "linear", from: 0, to: 100 } },
    { field: "dimension.PRD", weight: 40, value: { kind: "steps", breaks: [40, 70], values: [0, 0.5, 1] } },
  ],
  method: "additive",
  limit: 10,
};

const publishList = async (staff: Api, second: Api): Promise<void> => {
  const id = demo.criteria_id;
  const drafted = await staff.POST("/v1/criteria/{id}/versions", { params: { path: { id } }, body: { document } });
  const version = good(drafted);
  assert.equal(version.state, "draft");
  assert.deepEqual(version.document, document);
  const params = { path: { id, n: version.number } };
  const approve = (api: Api) => api.POST("/v1/criteria/{id}/versions/{n}/approve", { params, body: {} });
  refused(await approve(staff), "same_person");
  assert.equal(good(await approve(second)).state, "approved");
  const published = await staff.POST("/v1/criteria/{id}/versions/{n}/publish", { params, body: {} });
  assert.equal(good(published).state, "published");

  const live = good(await staff.GET("/v1/criteria/{id}/matches", { params: { path: { id }, query: { limit: 5 } } }));
  const top = live.items[0];
  assert(top && !("gone" in top));
  assert.equal(top.position, 1);
  assert.equal(top.contributions.length, 2);
  const ranked = good(await staff.POST("/v1/rankings", { body: { document } }));
  assert("results" in ranked, "staff get the whole ranking");
  assert.equal(ranked.results[0]?.id, top.venture_id);
  assert.equal(ranked.results.length, ranked.summary.eligible);

  const list = good(await staff.POST("/v1/match-lists", { body: { criteria_id: id, version: version.number } }));
  assert.equal(list.state, "draft");
  const publish = (api: Api) =>
    api.POST("/v1/match-lists/{id}/publish", { params: { path: { id: list.id } }, body: {} });
  refused(await publish(staff), "same_person");
  assert.equal(good(await publish(second)).state, "published");
  const path = { id: list.id };
  const page = good(await staff.GET("/v1/match-lists/{id}/entries", { params: { path, query: { limit: 100 } } }));
  assert.equal(page.items.length, list.entries_total);
  const entry = page.items[0];
  assert(entry && "venture_id" in entry, "staff see which venture it is");
};

export const staffSession = async (): Promise<void> => {
  const [staff, second] = [await signIn("staff"), await signIn("staff_second")];
  const [api, other] = [bearer(staff.access_token), bearer(second.access_token)];
  const fields = good(await api.GET("/v1/fields"));
  assert(fields.items.some((field) => field.key === "dimension.MGT" && field.operators.includes("gte")));
  const cohort = await makeCohort(api);
  await checkSheets(api, cohort.id);
  await publishList(api, other);
  const out = await api.POST("/v1/auth/logout", { body: { refresh_token: staff.refresh_token } });
  assert.equal(out.response.status, 204);
};
