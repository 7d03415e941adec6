//! Importing workshop sheets.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::codes::ShapeFault;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::{Fault, Place, Problem, Result};
use super::routes::Routes;
use super::upload::Upload;
use super::work::found;
use crate::domain::id::{CohortId, ImportId};
use crate::domain::life::{ImportMode, ImportState};
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::import::{self, Order};
use crate::ops::{Act, By, Service};
use crate::page_of;
use crate::sources::workshop;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_import).add(list_imports).add(get_import).add(list_import_errors);
}

/// An import and how far it is.
#[derive(Serialize, ToSchema)]
pub struct Import {
    id: ImportId,
    cohort_id: CohortId,
    state: ImportState,
    mode: ImportMode,
    /// Check only.
    dry_run: bool,
    /// What the file was called.
    #[schema(example = "lokakarya.xlsx", max_length = 200)]
    file_name: String,
    /// Rows below the header.
    #[schema(example = 120, minimum = 0)]
    rows: i64,
    /// Rows dealt with so far.
    #[schema(example = 120, minimum = 0)]
    rows_done: i64,
    /// Ventures, and people without one, that were made; of a dry run, that would be.
    #[schema(example = 100, minimum = 0)]
    created: i64,
    /// … that were changed.
    #[schema(example = 0, minimum = 0)]
    updated: i64,
    /// … that were just as they are.
    #[schema(example = 0, minimum = 0)]
    unchanged: i64,
    /// How many faults were found; `GET …/errors` lists them.
    #[schema(example = 0, minimum = 0)]
    errors_total: i64,
    created_at: Instant,
    /// When it ended; null before.
    #[schema(required = true)]
    finished_at: Option<Instant>,
}

impl From<store::import::Import> for Import {
    fn from(i: store::import::Import) -> Self {
        Self {
            id: i.id,
            cohort_id: i.cohort_id,
            state: i.state,
            mode: i.mode,
            dry_run: i.dry_run,
            file_name: i.file_name,
            rows: i.rows_total,
            rows_done: i.rows_done,
            created: i.created,
            updated: i.updated,
            unchanged: i.unchanged,
            errors_total: i.errors_total,
            created_at: i.created_at,
            finished_at: i.finished_at,
        }
    }
}

page_of! {
    /// A page of imports, newest first.
    ImportPage of Import
}

/// Yes or no in a form, where everything is text.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "documents the form that `Upload` reads")]
pub enum FormBoolean {
    /// Yes.
    True,
    /// No.
    False,
}

/// The form of an import.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "documents the form that `Upload` reads")]
pub struct NewImport {
    /// The sheet: CSV or XLSX, at most 32 MiB.
    #[schema(format = Binary, value_type = String)]
    file: Vec<u8>,
    cohort_id: CohortId,
    /// `true` checks without writing; `false` if left out.
    #[schema(nullable = false)]
    dry_run: Option<FormBoolean>,
    /// `all_or_nothing` if left out.
    #[schema(nullable = false)]
    mode: Option<ImportMode>,
}

/// The texts of the form.
fn order(upload: &mut Upload) -> Result<Order> {
    let mut faults = Vec::new();
    let mut refuse = |name: &str, fault: ShapeFault, limit: &str| {
        faults.push(Fault::shape(Place::Parameter(name.to_owned()), fault, limit));
    };
    let dry_run = match upload.texts.remove("dry_run").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            refuse("dry_run", ShapeFault::NotAllowed, "true, false");
            false
        }
    };
    let mode = upload.texts.remove("mode").map_or(Some(ImportMode::AllOrNothing), |text| ImportMode::parse(&text));
    if mode.is_none() {
        refuse("mode", ShapeFault::NotAllowed, "all_or_nothing, valid_rows");
    }
    let cohort = upload.texts.remove("cohort_id");
    if cohort.is_none() {
        refuse("cohort_id", ShapeFault::Missing, "");
    }
    for name in upload.texts.keys() {
        refuse(&name.chars().take(120).collect::<String>(), ShapeFault::UnknownMember, "");
    }
    match (cohort, mode) {
        (Some(cohort), Some(mode)) if faults.is_empty() => Ok(Order {
            // An id of another kind or spelling is an unknown one.
            cohort: cohort.parse().map_err(|_unknown| Problem::not_found())?,
            mode,
            dry_run,
            file_name: upload.file_name.clone(),
            file_hash: upload.file_hash.clone(),
        }),
        _ => Err(Problem::invalid_body(faults)),
    }
}

/// Import a workshop sheet
///
/// Use it after a workshop, with a dry run first. The answer comes when the file has been read and kept; follow
/// `Location` until `state` is `applied` or `refused`. Importing the same sheet again changes nothing.
#[utoipa::path(
    tag = "imports",
    params(Once),
    request_body(content = NewImport, content_type = "multipart/form-data"),
    responses((status = 202, body = Import)),
    extensions(("x-problems" = json!(["not_found", "no_rubric", "invalid_body", "body_too_large"])))
)]
#[post("/v1/imports")]
pub async fn create_import(caller: Caller<op::CreateImport>, mut upload: Upload, once: Once) -> Result<Answered> {
    let order = order(&mut upload)?;
    let (actor, imports) = (caller.actor, caller.app.imports.clone());
    let stage = move |service: &Service| workshop::stage(service, By::Account(&actor), order, upload.file.path());
    let promise = |act: &mut Act<'_>, staged| {
        let job = import::promise(act, staged)?;
        act.afterwards(move |_| imports.wake());
        Answer::accepted(&format!("/v1/imports/{}", job.id), Import::from(job))
    };
    once.prepare(&caller, stage, promise).await
}

/// List the imports
///
/// Use it to see what was imported, by whom and how it ended. Newest first.
#[utoipa::path(tag = "imports", params(PageQuery), responses((status = 200, body = ImportPage)))]
#[get("/v1/imports")]
pub async fn list_imports(
    caller: Caller<op::ListImports>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ImportPage>> {
    let pager = Pager::new(&caller, "/v1/imports", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::import::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(Import::from), |i| i.id)
}

/// Get an import
///
/// Use it to follow an import until it has ended.
#[utoipa::path(tag = "imports", params(ImportId), responses((status = 200, body = Import)))]
#[get("/v1/imports/{id}")]
pub async fn get_import(caller: Caller<op::GetImport>, Path(id): Path<ImportId>) -> Result<Answer<Import>> {
    let import = caller.read(move |conn| found(store::import::find(conn, id)?)).await?;
    Ok(Answer::ok(Import::from(import)))
}

/// A fault of a row.
#[derive(Serialize, ToSchema)]
pub struct ImportError {
    /// The row on the sheet; the header is row 1.
    #[schema(example = 7, minimum = 1)]
    row: i64,
    /// The header's text.
    #[schema(example = "Kebutuhan dana minimal (Rp)", max_length = 500)]
    column: String,
    /// What stands in the cell; empty where it may be personal.
    #[schema(example = "1.25", max_length = 500)]
    value: String,
    /// What is wrong, for programs.
    #[schema(example = "ambiguous_number", max_length = 60)]
    code: String,
    /// What is wrong and what to do, for people.
    #[schema(example = "Tulis 1250 atau 1,25.", max_length = 2000)]
    detail: String,
}

page_of! {
    /// A page of an import's faults, in the order in which they were found.
    ImportErrorPage of ImportError
}

/// List the faults of an import
///
/// Use it to mend the sheet: every fault of every row, with its row and column.
#[utoipa::path(tag = "imports", params(ImportId, PageQuery), responses((status = 200, body = ImportErrorPage)))]
#[get("/v1/imports/{id}/errors")]
pub async fn list_import_errors(
    caller: Caller<op::ListImportErrors>,
    Path(id): Path<ImportId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ImportErrorPage>> {
    let pager = Pager::new(&caller, format!("/v1/imports/{id}/errors"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::import::faults(conn, id, &seek, limit)?)).await?;
    let lang = caller.lang;
    let numbered = page.map(|f| {
        let detail = if lang == Lang::Id { f.detail_id } else { f.detail_en };
        (f.seq, ImportError { row: f.row_no, column: f.column_name, value: f.value, code: f.code, detail })
    });
    Ok(pager.answer_with(numbered, ImportErrorPage::from)?.no_store())
}
